import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  isTypeDefinitionNode,
  Kind,
  parse,
  print,
  visit,
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type StringValueNode,
} from 'graphql';
import { providers } from '../../src/providers/index.ts';
import { startProcess } from '../support/command-line.ts';
import { startTestProduct, type TestProduct } from '../support/product.ts';

async function printSchema(...args: string[]): Promise<string> {
  const { exitCode, output, errorOutput } = await startProcess(
    ['--import', 'tsx', 'src/print-schema.ts', ...args],
    process.cwd(),
  ).ended;
  expect({ exitCode, errorOutput }).toEqual({ exitCode: 0, errorOutput: '' });
  return output;
}

interface Described {
  readonly place: string;
  readonly description: string;
  readonly directives: readonly ConstDirectiveNode[];
}

interface NodeWithDirectives {
  readonly description?: StringValueNode | undefined;
  readonly directives?: readonly ConstDirectiveNode[] | undefined;
}

function describeNode(place: string, { description, directives = [] }: NodeWithDirectives): Described {
  return { place, description: description?.value ?? '', directives };
}

/** Types, and fields of objects and interfaces. */
function listTypesAndFields(document: DocumentNode): Described[] {
  return document.definitions.filter(isTypeDefinitionNode).flatMap((type) => {
    const hasFields =
      type.kind === Kind.OBJECT_TYPE_DEFINITION || type.kind === Kind.INTERFACE_TYPE_DEFINITION;
    const fields: readonly FieldDefinitionNode[] = hasFields ? (type.fields ?? []) : [];
    return [
      describeNode(type.name.value, type),
      ...fields.map((field) => describeNode(`${type.name.value}.${field.name.value}`, field)),
    ];
  });
}

function listDirectives({ directives }: Described): string[] {
  return directives.map(({ name, arguments: args = [] }) => {
    const values = args.map(({ value }) => ('value' in value ? String(value.value) : '…'));
    return `@${name.value}(${values.join(', ')})`;
  });
}

describe('the published SDL', () => {
  let sdl: string;
  let product: TestProduct;

  beforeAll(async () => {
    sdl = await printSchema();
    product = await startTestProduct({});
  });

  afterAll(() => product.close());

  it('is what a gateway is told', async () => {
    const { data } = await product.query('{ _service { sdl } }');
    expect(data).toEqual({ _service: { sdl: sdl.trimEnd() } });
  });

  it('has a key for every record with an id of its own', () => {
    const entities = listTypesAndFields(parse(sdl)).filter((node) =>
      listDirectives(node).includes('@key(id)'),
    );
    const types = Object.values(providers).flatMap(({ customerType, nodeTypes }) => [
      customerType,
      ...Object.values(nodeTypes),
    ]);
    expect(entities.map(({ place }) => place).toSorted()).toEqual(['Customer', ...types].toSorted());
    expect(types).toEqual(expect.arrayContaining(['CroLocation', 'ElevateSite', 'Sage200Customer']));
  });

  it('has no directive that only this server reads, and none that it defines itself', () => {
    expect(sdl).not.toMatch(/@from|@kind|^directive/m);
  });

  it('leaves "node" to clients of this server', async () => {
    expect(listTypesAndFields(parse(sdl)).map(({ place }) => place)).not.toContain('Query.node');
    expect(await product.query('{ node(id: "elevate:1") { id } }')).toMatchObject({
      errors: [{ extensions: { code: 'BAD_USER_INPUT' } }],
    });
  });

  it('tags what its descriptions call personal, bank or payment data, and nothing else', () => {
    const nodes = listTypesAndFields(parse(sdl));
    const called = nodes.filter(({ description }) =>
      /\b(personal|bank|payment)( and \w+)? data\b/i.test(description),
    );
    const tagged = nodes.filter((node) => listDirectives(node).includes('@tag(personal-data)'));
    expect(tagged.map(({ place }) => place)).toEqual(called.map(({ place }) => place));
    expect(tagged.length).toBeGreaterThan(50);
  });

  it('speaks of no bank account, mandate or payment card where the tagged parts are taken out', () => {
    const isTagged = (node: NodeWithDirectives) =>
      listDirectives(describeNode('', node)).includes('@tag(personal-data)');
    const rest = visit(parse(sdl), {
      [Kind.OBJECT_TYPE_DEFINITION]: (node) => (isTagged(node) ? null : undefined),
      [Kind.FIELD_DEFINITION]: (node) => (isTagged(node) ? null : undefined),
    });
    const types = rest.definitions.filter((node) => node.kind === Kind.OBJECT_TYPE_DEFINITION);
    // A contract cannot have a type of which nothing is left, or a field that leads to one that is taken out.
    expect(types.filter(({ fields = [] }) => fields.length === 0).map(({ name }) => name.value)).toEqual([]);
    expect(print(rest)).not.toMatch(
      /bank account|account holder|sort code|direct ?debit|mandate|payment card|ElevateBankAccount|Sage200Card/i,
    );
    expect(print(rest)).toMatch(/paymentTermsInDays/);
  });

  it('tells what lists cost', () => {
    const nodes = new Map(listTypesAndFields(parse(sdl)).map((node) => [node.place, listDirectives(node)]));
    expect(nodes.get('Query.customersByIds')).toEqual(['@listSize(200)']);
    expect(nodes.get('Query.customers')).toEqual(['@cost(5)', '@listSize(…, …, false)']);
    expect(nodes.get('Query.search')).toEqual(['@cost(10)', '@listSize(…, …, false)']);
  });
});

describe('the SDL with cache tags', () => {
  it('has the same and a tag on every record that can be fetched by id', async () => {
    const tagged = await printSchema('--cache-tags');
    const tags = listTypesAndFields(parse(tagged)).flatMap((node) =>
      listDirectives(node)
        .filter((directive) => directive.startsWith('@cacheTag'))
        .map((directive) => `${node.place} ${directive}`),
    );
    const records = Object.values(providers).flatMap(({ customerType, nodeTypes }) => [
      `${customerType} @cacheTag(customer-{$key.id})`,
      ...Object.entries(nodeTypes).map(([kind, type]) => `${type} @cacheTag(${kind}-{$key.id})`),
    ]);
    expect(tags.toSorted()).toEqual([...records, 'Query.customer @cacheTag(customer-{$args.id})'].toSorted());
    expect(records).toContain('ElevateSite @cacheTag(site-{$key.id})');
    const untagged = tagged
      .replaceAll(/ @cacheTag\([^)]*\)/g, '')
      .replace(', "@cacheTag"', '')
      .replace('/federation/v2.12', '/federation/v2.9');
    expect(untagged).toBe(await printSchema());
  });
});
