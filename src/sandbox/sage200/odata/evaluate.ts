import type { Row } from '../../records/row.ts';
import type { ComparisonOperator, Expression, StringFunction } from './filter.ts';
import { readComparable, type Value } from './values.ts';

/** Whether the record meets the filter. */
export function matchesFilter(filter: Expression, row: Row): boolean {
  return evaluate(filter, row) === true;
}

function evaluate(expression: Expression, row: Row): Value {
  switch (expression.kind) {
    case 'literal':
      return typeof expression.value === 'string' ? expression.value.toLowerCase() : expression.value;
    case 'property':
      return readComparable(row, expression.name, expression.type);
    case 'call':
      return callFunction(expression.call, evaluate(expression.text, row), evaluate(expression.part, row));
    case 'not':
      return evaluate(expression.operand, row) !== true;
    case 'and':
      return matchesFilter(expression.left, row) && matchesFilter(expression.right, row);
    case 'or':
      return matchesFilter(expression.left, row) || matchesFilter(expression.right, row);
    case 'comparison':
      return compare(expression.operator, evaluate(expression.left, row), evaluate(expression.right, row));
  }
}

function callFunction(call: StringFunction, text: Value, part: Value): boolean {
  if (typeof text !== 'string' || typeof part !== 'string') return false;
  if (call === 'contains') return text.includes(part);
  return call === 'startswith' ? text.startsWith(part) : text.endsWith(part);
}

function compare(operator: ComparisonOperator, left: Value, right: Value): boolean {
  if (operator === 'eq') return left === right;
  if (operator === 'ne') return left !== right;
  if (left === null || right === null) return false;
  if (operator === 'gt') return left > right;
  if (operator === 'ge') return left >= right;
  return operator === 'lt' ? left < right : left <= right;
}
