import { GraphQLError, GraphQLScalarType } from 'graphql';

/*
 * Values reach these scalars as checked strings (see readers.ts); what they add is the check of a value that a
 * resolver computed, so that no malformed text leaves under these names.
 */

const decimal = /^-?\d+(\.\d+)?$/;
const date = /^\d{4}-\d{2}-\d{2}$/;
const localDateTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?$/;
const dateTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

/** The form of each text scalar. */
export const scalarPatterns = { Decimal: decimal, Date: date, LocalDateTime: localDateTime, DateTime: dateTime } as const;

export const scalars = Object.fromEntries(Object.entries(scalarPatterns).map(([name, pattern]) => [name, createTextScalar(name, pattern)]));

function createTextScalar(name: string, pattern: RegExp): GraphQLScalarType {
  function check(value: unknown): string {
    if (typeof value === 'string' && pattern.test(value)) return value;
    throw new GraphQLError(`${name} cannot represent this value.`);
  }
  return new GraphQLScalarType({ name, serialize: check, parseValue: check });
}
