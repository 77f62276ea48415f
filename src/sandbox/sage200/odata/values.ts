import type { Row } from '../../records/row.ts';
import type { ValueProperty } from './model.ts';

/** What an operand of a comparison is. A date is compared as a number: milliseconds since 1970. */
export type OperandType = 'boolean' | 'date' | 'null' | 'number' | 'string';
export type Value = boolean | number | string | null;

export function operandTypeOf({ type }: ValueProperty): OperandType {
  if (type === 'boolean') return 'boolean';
  if (type === 'date-time') return 'date';
  return type === 'string' || type === 'enum' ? 'string' : 'number';
}

/**
 * A record's value in the form in which values are compared. Text is in lower case: like the database behind the API, neither
 * filters nor sorting regard case. A decimal may be held as a number or, where a number is not exact, as a string of its digits.
 */
export function readComparable(row: Row, name: string, type: OperandType): Value {
  const value = row[name];
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value !== 'string') return null;
  if (type === 'date') return Date.parse(value);
  return type === 'number' ? Number(value) : value.toLowerCase();
}
