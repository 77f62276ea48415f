import type { Types } from '@graphql-codegen/plugin-helpers';
import { writtenFile } from './written-file.ts';

/** Writes the union of the providers that have an SDL file: the registry must have an entry for each. */
export function providerNames(names: readonly string[]): Types.OutputPreset {
  return writtenFile(() => `export type ProviderName = ${names.map((name) => `'${name}'`).join(' | ')};\n`);
}
