import type { GraphQLResolveInfo } from 'graphql';

/** The path of a field as errors give it. */
export function toPathArray(path: GraphQLResolveInfo['path'] | undefined): (string | number)[] {
  return path === undefined ? [] : [...toPathArray(path.prev), path.key];
}
