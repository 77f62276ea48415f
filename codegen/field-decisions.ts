import { concatAST } from 'graphql';
import { findUndecided } from '../src/graph/guards/decisions.ts';
import { readProviderFiles, readSharedSdl } from '../src/graph/schema-files.ts';

/** @throws when it is not decided of some field of the SDL who may read it */
export function checkDecisions(providers: readonly string[]): void {
  const documents = providers.map((provider) => readProviderFiles(provider).document);
  const problems = findUndecided(concatAST([...readSharedSdl(), ...documents]));
  if (problems.length > 0) throw new Error(['The SDL is not complete:', ...problems].join('\n  - '));
}
