import type { Selection, SourceSession } from '../providers/provider.ts';
import type { Sources } from './sources.ts';

/** What the resolvers of one GraphQL request share. */
export interface GraphContext {
  readonly requestId: string;
  readonly sources: Sources;
  /** This request's session at a source; the same one each time. Undefined when there is no such source. */
  session(sourceName: string): SourceSession | undefined;
  /** Set once the operation is known, before any resolver runs. */
  selection: Selection | undefined;
  /** Reports a failure that costs less than a field: a row left out of a list, say. */
  report(error: Error, path: readonly (string | number)[]): void;
  /** What `report` collected. */
  readonly reported: readonly { readonly error: Error; readonly path: readonly (string | number)[] }[];
}
