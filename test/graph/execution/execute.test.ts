import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  buildSchema,
  execute,
  getIntrospectionQuery,
  getNamedType,
  GraphQLObjectType,
  isAbstractType,
  isCompositeType,
  isObjectType,
  Kind,
  parse,
  validate,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { createExecutor } from '../../../src/graph/execution/execute.ts';
import type { Meter } from '../../../src/graph/execution/run.ts';

const sdl = `
  interface Node { id: ID!, next: Node }
  type Apple implements Node {
    id: ID!, next: Node, text: String, needed: String!, number: Int, flags: [Boolean!], grid: [[Int!]]
    apple: Apple, pear: Pear!, fruits: [Fruit], apples: [Apple!]!, said(word: String = "hi", times: Int): String
  }
  type Pear implements Node { id: ID!, next: Node, text: String, apple: Apple, pears: [Pear!], fruit: Fruit! }
  union Fruit = Apple | Pear
  type Query { apple: Apple, node: Node, fruits: [Fruit!], needed: Apple!, said(word: String = "hi", times: Int): String }
`;

const meter: Meter = { isFull: false, addValue() {}, addError() {} };

/** What the fields of an object give is decided by its number and their names: the same each time. */
interface Thing {
  readonly seed: number;
}

function createFaultySchema(isAsync: boolean): GraphQLSchema {
  const schema = buildSchema(sdl);
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__')) continue;
    if (isAbstractType(type))
      type.resolveType = ({ seed }: Thing) => (seed % 11 === 0 ? 'Query' : seed % 2 === 0 ? 'Apple' : 'Pear');
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      field.resolve = (thing: Thing | undefined, args, _context, info) => {
        const seed = hash(`${thing?.seed ?? 0} ${info.fieldName} ${JSON.stringify(args)} ${info.path.key}`);
        const value = () => createValue(seed, String(field.type), args);
        if (!isAsync || seed % 3 === 0) return value();
        return Promise.resolve().then(value);
      };
    }
  }
  return schema;
}

function createValue(seed: number, type: string, args: object): unknown {
  if (seed % 17 === 0) throw new Error(`thrown ${seed}`);
  if (seed % 19 === 0) return new Error(`returned ${seed}`);
  if (seed % 13 === 0) return null;
  if (type.startsWith('[')) {
    if (seed % 23 === 0) return 'not a list';
    const item = type.slice(1, type.lastIndexOf(']'));
    return Array.from({ length: seed % 4 }, (_, index) => {
      const of = hash(`${seed} ${index}`);
      // graphql-js lets nobody hear of an item that fails after the list has.
      return of % 5 === 0 && item.startsWith('Int')
        ? Promise.resolve(of % 1_000)
        : of % 29 === 0
          ? null
          : createItem(of, item);
    });
  }
  if (/^(String|ID)/.test(type)) return Object.keys(args).length > 0 ? JSON.stringify(args) : `text ${seed}`;
  if (/^(Int|Boolean)/.test(type))
    return seed % 7 === 0 ? { wrong: true } : type.startsWith('Int') ? seed % 1_000 : true;
  return { seed };
}

function createItem(seed: number, type: string): unknown {
  try {
    return createValue(seed, type, {});
  } catch (error) {
    return error;
  }
}

function hash(text: string): number {
  let value = 7;
  for (const character of text) value = (value * 31 + character.charCodeAt(0)) % 1_000_003;
  return value;
}

/** A selection of random fields of a type, as text. */
function selectionOf(schema: GraphQLSchema, typeName: string, depth: number): fc.Arbitrary<string> {
  const type = schema.getType(typeName);
  if (!isCompositeType(type)) return fc.constant('');
  const possible = isAbstractType(type) ? schema.getPossibleTypes(type) : [];
  const fragments = possible.map((of) =>
    selectionOf(schema, of.name, depth).map((inner) => `... on ${of.name} ${inner}`),
  );
  const fields = 'getFields' in type ? Object.values(type.getFields()) : [];
  const plain = fields.flatMap((field) => {
    const inner = getNamedType(field.type);
    const isNested = isCompositeType(inner);
    if (isNested && depth === 0) return [];
    const below = isNested ? selectionOf(schema, inner.name, depth - 1) : fc.constant('');
    const args = fc.constantFrom('', '(word: "yo")', '(times: 2)', '(word: $word, times: $times)');
    const condition = fc.constantFrom(
      '',
      '',
      '',
      '@skip(if: $no)',
      '@include(if: $yes)',
      '@include(if: false)',
    );
    return [
      fc
        .tuple(fc.constantFrom('', '', 'other: ', '__proto__: ', 'constructor: '), args, condition, below)
        .map(
          ([alias, given, when, selected]) =>
            `${alias}${field.name}${field.args.length > 0 ? given : ''} ${when} ${selected}`,
        ),
    ];
  });
  return fc
    .array(fc.oneof(fc.constant('__typename'), ...plain, ...(depth > 0 ? fragments : [])), {
      minLength: 1,
      maxLength: 5,
    })
    .map((parts) => `{ ${parts.join(' ')} }`);
}

const variables = fc.record({
  no: fc.boolean(),
  yes: fc.boolean(),
  word: fc.option(fc.string({ maxLength: 3 })),
  times: fc.constantFrom(1, 2, null, 'three', undefined),
});

function operationOf(document: DocumentNode): OperationDefinitionNode {
  const found = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
  if (found === undefined) throw new TypeError('a document without an operation');
  return found;
}

async function runBoth(
  schema: GraphQLSchema,
  mine: ReturnType<typeof createExecutor>,
  text: string,
  given: object,
) {
  const document = parse(text);
  const request = { document, operation: operationOf(document), variables: { ...given }, context: {}, meter };
  const expected = await execute({ schema, document, variableValues: { ...given }, contextValue: {} });
  // Twice: the second time by a plan that is at hand.
  return { expected: plain(expected), answers: [plain(await mine(request)), plain(await mine(request))] };
}

function plain({ data, errors }: ExecutionResult): { data: unknown; errors: string[] } {
  return {
    data: JSON.stringify(data),
    errors: (errors ?? [])
      .map(({ message, path, locations }) => JSON.stringify([wordOf(message), path, locations]))
      .sort(),
  };
}

/** Mistakes of our own resolvers are worded in another way, and nobody is shown them. */
function wordOf(message: string): string {
  return /of no type which|must resolve to|not a possible type/.test(message) ? 'no possible type' : message;
}

describe('the executor', () => {
  it('answers as graphql-js does, error for error', async () => {
    const schema = createFaultySchema(false);
    const mine = createExecutor(schema);
    await fc.assert(
      fc.asyncProperty(selectionOf(schema, 'Query', 3), variables, async (selection, given) => {
        const text = `query ($no: Boolean!, $yes: Boolean!, $word: String, $times: Int) ${selection}`;
        fc.pre(validate(schema, parse(text)).every(({ message }) => message.includes('is never used')));
        const { expected, answers } = await runBoth(schema, mine, text, given);
        expect(answers).toEqual([expected, expected]);
      }),
      { numRuns: 300 },
    );
  });

  it('answers as graphql-js does where values are waited for', async () => {
    const schema = createFaultySchema(true);
    const mine = createExecutor(schema);
    await fc.assert(
      fc.asyncProperty(selectionOf(schema, 'Query', 3), variables, async (selection, given) => {
        const text = `query ($no: Boolean!, $yes: Boolean!, $word: String, $times: Int) ${selection}`;
        fc.pre(validate(schema, parse(text)).every(({ message }) => message.includes('is never used')));
        const { expected, answers } = await runBoth(schema, mine, text, given);
        // Of several errors in what becomes null the first counts, and which that is depends on the waiting.
        for (const { data, errors } of answers) {
          expect(data).toEqual(expected.data);
          expect(errors.length > 0).toBe(expected.errors.length > 0);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('answers introspection', async () => {
    const schema = createFaultySchema(false);
    const { expected, answers } = await runBoth(schema, createExecutor(schema), getIntrospectionQuery(), {});
    expect(expected.data).toMatch(/"name":"Apple"/);
    expect(answers).toEqual([expected, expected]);
  });

  it('tells resolvers what graphql-js tells them', async () => {
    const schema = buildSchema('type Query { list: [Item] } type Item { value(times: Int = 2): String }');
    const seen: unknown[] = [];
    const [query, item] = ['Query', 'Item'].map((name) => schema.getType(name));
    if (!(query instanceof GraphQLObjectType) || !(item instanceof GraphQLObjectType))
      throw new TypeError('no types');
    const { list } = query.getFields();
    const { value } = item.getFields();
    if (list === undefined || value === undefined) throw new TypeError('no fields');
    list.resolve = () => [{}, {}];
    value.resolve = (_source, args, _context, info) => {
      const { fieldName, fieldNodes, returnType, parentType, path, fragments, operation, variableValues } =
        info;
      seen.push({
        ...{
          fieldName,
          fieldNodes,
          parentType,
          fragments: Object.keys(fragments),
          operation,
          variableValues,
        },
        ...{
          args: { ...args },
          returnType: String(returnType),
          path: pathOf(path),
          hasSchema: info.schema === schema,
        },
      });
      return 'x';
    };
    const document = parse(
      'query Q($times: Int) { list { again: value(times: $times) ...F } } fragment F on Item { value }',
    );
    const request = {
      document,
      operation: operationOf(document),
      variables: { times: 5 },
      context: {},
      meter,
    };
    await execute({ schema, document, variableValues: { times: 5 }, contextValue: {} });
    const expected = seen.splice(0);
    await createExecutor(schema)(request);
    expect(expected).toHaveLength(4);
    expect(seen).toEqual(expected);
  });
});

function pathOf(
  path: { prev: unknown; key: string | number; typename: string | undefined } | undefined,
): unknown[] {
  const places: unknown[] = [];
  for (let place = path; place !== undefined;) {
    places.push([place.key, place.typename]);
    const { prev } = place;
    place = isPath(prev) ? prev : undefined;
  }
  return places;
}

function isPath(
  value: unknown,
): value is { prev: unknown; key: string | number; typename: string | undefined } {
  return typeof value === 'object' && value !== null && 'key' in value;
}
