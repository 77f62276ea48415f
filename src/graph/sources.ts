import type { Source } from '../providers/provider.ts';

/** The configured sources by name, in the order of the configuration. */
export type Sources = ReadonlyMap<string, Source>;
