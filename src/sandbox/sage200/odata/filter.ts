import type { Shape } from './model.ts';
import { createUnknownPropertyError, ODataError } from './odata-error.ts';
import { createTokenReader, type Token, type TokenReader } from './tokens.ts';
import { operandTypeOf, type OperandType, type Value } from './values.ts';

const comparisonOperators = ['eq', 'ne', 'gt', 'ge', 'lt', 'le'] as const;
const stringFunctions = ['contains', 'startswith', 'endswith'] as const;

export type ComparisonOperator = (typeof comparisonOperators)[number];
export type StringFunction = (typeof stringFunctions)[number];

/** A `$filter` as a tree. */
export type Expression = { readonly type: OperandType } & (
  | { readonly kind: 'literal'; readonly value: Value }
  | { readonly kind: 'property'; readonly name: string; readonly names: readonly string[] | undefined }
  | {
      readonly kind: 'call';
      readonly call: StringFunction;
      readonly text: Expression;
      readonly part: Expression;
    }
  | { readonly kind: 'not'; readonly operand: Expression }
  | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
  | {
      readonly kind: 'comparison';
      readonly operator: ComparisonOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
);

/** A larger tree is refused: it keeps one query from costing too much. */
const nodeLimit = 100;

const keywords: ReadonlyMap<string, Value> = new Map<string, Value>([
  ['true', true],
  ['false', false],
  ['null', null],
]);

/**
 * Reads a `$filter` over records of that shape.
 *
 * @throws ODataError for what the API would refuse
 */
export function parseFilter(text: string, shape: Shape): Expression {
  const tokens = createTokenReader(text);
  const filter = parseOr(createParsing(tokens, shape));
  if (tokens.peek().kind !== 'end') throw tokens.createSyntaxError(tokens.peek());
  requireBoolean(filter);
  return filter;
}

/** Whether the filter joins conditions by `or` anywhere. */
export function usesOr(filter: Expression): boolean {
  if (filter.kind === 'or') return true;
  if (filter.kind === 'and') return usesOr(filter.left) || usesOr(filter.right);
  return filter.kind === 'not' && usesOr(filter.operand);
}

/** One filter being read. */
interface Parsing {
  readonly tokens: TokenReader;
  readonly shape: Shape;
  /** Counts a node of the tree and gives it back. */
  readonly count: (node: Expression) => Expression;
  /** Runs `read` one bracket deeper. */
  readonly nest: (read: () => Expression) => Expression;
}

function createParsing(tokens: TokenReader, shape: Shape): Parsing {
  let nodeCount = 0;
  let depth = 0;
  return {
    tokens,
    shape,
    count(node) {
      nodeCount += 1;
      if (nodeCount > nodeLimit)
        throw new ODataError(`The node count limit of '${nodeLimit}' has been exceeded.`);
      return node;
    },
    nest(read) {
      depth += 1;
      if (depth > nodeLimit) throw new ODataError(`The recursion limit of '${nodeLimit}' has been exceeded.`);
      const inner = read();
      depth -= 1;
      return inner;
    },
  };
}

function parseOr(parsing: Parsing): Expression {
  let left = parseAnd(parsing);
  while (parsing.tokens.accept('or')) left = join('or', left, parseAnd(parsing), parsing);
  return left;
}

function parseAnd(parsing: Parsing): Expression {
  let left = parseUnary(parsing);
  while (parsing.tokens.accept('and')) left = join('and', left, parseUnary(parsing), parsing);
  return left;
}

function join(kind: 'and' | 'or', left: Expression, right: Expression, { count }: Parsing): Expression {
  return count({ kind, type: 'boolean', left: requireBoolean(left), right: requireBoolean(right) });
}

function parseUnary(parsing: Parsing): Expression {
  const { tokens, count, nest } = parsing;
  if (tokens.accept('not'))
    return count({ kind: 'not', type: 'boolean', operand: requireBoolean(nest(() => parseUnary(parsing))) });
  const left = parseOperand(parsing);
  const { kind, text } = tokens.peek();
  const operator = kind === 'word' ? comparisonOperators.find((name) => name === text) : undefined;
  if (operator === undefined) return left;
  tokens.next();
  return count(createComparison(operator, left, parseOperand(parsing)));
}

function parseOperand(parsing: Parsing): Expression {
  const { tokens, shape, count, nest } = parsing;
  if (tokens.accept('(')) {
    const inner = nest(() => parseOr(parsing));
    tokens.expect(')');
    return inner;
  }
  const token = tokens.next();
  const call = token.kind === 'word' ? stringFunctions.find((name) => name === token.text) : undefined;
  return count(call === undefined ? createOperand(token, tokens, shape) : parseCall(call, parsing));
}

function parseCall(call: StringFunction, parsing: Parsing): Expression {
  const { tokens } = parsing;
  tokens.expect('(');
  const text = requireString(
    parsing.nest(() => parseOperand(parsing)),
    call,
  );
  tokens.expect(',');
  const part = requireString(
    parsing.nest(() => parseOperand(parsing)),
    call,
  );
  tokens.expect(')');
  return { kind: 'call', type: 'boolean', call, text, part };
}

function createOperand(token: Token, tokens: TokenReader, shape: Shape): Expression {
  const { kind, text } = token;
  if (kind === 'string') return { kind: 'literal', type: 'string', value: text };
  if (kind === 'number') return { kind: 'literal', type: 'number', value: Number(text) };
  if (kind === 'date') return { kind: 'literal', type: 'date', value: readInstant(text) };
  if (kind !== 'word') throw tokens.createSyntaxError(token);
  const keyword = keywords.get(text);
  if (keyword !== undefined)
    return { kind: 'literal', type: keyword === null ? 'null' : 'boolean', value: keyword };
  const property = shape.properties.get(text);
  if (property?.kind !== 'value') throw createUnknownPropertyError(text, shape.name);
  return { kind: 'property', type: operandTypeOf(property), name: text, names: property.names };
}

function readInstant(text: string): number {
  // A time of day without Z is refused even where it has an offset; a date alone is taken for its midnight in UTC.
  if (text.includes('T') && !text.endsWith('Z'))
    throw new ODataError(`The date-time '${text}' must be in UTC and end in Z.`);
  const instantMs = Date.parse(text);
  if (Number.isNaN(instantMs)) throw new ODataError(`'${text}' is not a date-time.`);
  return instantMs;
}

function createComparison(operator: ComparisonOperator, left: Expression, right: Expression): Expression {
  if (left.type !== right.type && left.type !== 'null' && right.type !== 'null') {
    throw new ODataError(
      `A binary operator with incompatible types was detected: '${left.type}' and '${right.type}' for operator '${operator}'.`,
    );
  }
  return {
    kind: 'comparison',
    type: 'boolean',
    operator,
    left: nameEnumValue(left, right),
    right: nameEnumValue(right, left),
  };
}

/** An enumeration's value may be written as its name or as its number, both in quotes: the number becomes the name. */
function nameEnumValue(operand: Expression, other: Expression): Expression {
  if (operand.kind !== 'literal' || other.kind !== 'property' || typeof operand.value !== 'string')
    return operand;
  const name = /^\d+$/.test(operand.value) ? other.names?.[Number(operand.value)] : undefined;
  return name === undefined ? operand : { ...operand, value: name };
}

function requireBoolean(expression: Expression): Expression {
  if (expression.type !== 'boolean')
    throw new ODataError('A filter must be made of conditions: an operand stands alone.');
  return expression;
}

function requireString(expression: Expression, call: StringFunction): Expression {
  if (expression.type !== 'string') throw new ODataError(`The function '${call}' takes strings only.`);
  return expression;
}
