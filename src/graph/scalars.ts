import { GraphQLError, GraphQLScalarType } from 'graphql';
import { scalarPatterns } from '../providers/kit/scalar-readers.ts';

/*
 * Values reach these scalars as checked strings (see scalar-readers.ts); what they add is the check of a value that a
 * resolver computed, so that no malformed text leaves under these names.
 */

export const scalars = Object.fromEntries(
  Object.entries(scalarPatterns).map(([name, pattern]) => [name, createTextScalar(name, pattern)]),
);

function createTextScalar(name: string, pattern: RegExp): GraphQLScalarType {
  function check(value: unknown): string {
    if (typeof value === 'string' && pattern.test(value)) return value;
    throw new GraphQLError(`${name} cannot represent this value.`);
  }
  return new GraphQLScalarType({ name, serialize: check, parseValue: check });
}
