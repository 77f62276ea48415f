import type { GraphQLOutputType } from 'graphql';
import { getNamedType, getNullableType, isEnumType, isListType, isScalarType } from 'graphql';
import { scalarReaders, type ScalarReader } from '../providers/kit/scalar-readers.ts';

/** The reader of a leaf type; undefined for object types. */
export function findScalarReader(type: GraphQLOutputType): ScalarReader | undefined {
  const named = getNamedType(type);
  if (isEnumType(named)) return scalarReaders.String;
  return isScalarType(named) ? readersByName.get(named.name) : undefined;
}

export function isListField(type: GraphQLOutputType): boolean {
  return isListType(getNullableType(type));
}

const readersByName: ReadonlyMap<string, ScalarReader> = new Map(Object.entries(scalarReaders));
