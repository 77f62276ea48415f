import type { ResponsePath, Selection, Source, SourceSession } from '../providers/provider.ts';
import type { AnswerMeter } from './answer-meter.ts';
import type { CallBudget } from './call-budget.ts';
import type { Access } from './guards/access.ts';
import type { Sources } from './sources.ts';

/** What the resolvers of one GraphQL request share. */
export interface GraphContext {
  readonly requestId: string;
  readonly access: Access;
  readonly sources: Sources;
  /**
   * This request's session at a source; the same one each time. Undefined when there is no such source.
   *
   * @throws GraphQLError FORBIDDEN for a source that the caller may not ask
   */
  session(sourceName: string): SourceSession | undefined;
  readonly answer: AnswerMeter;
  readonly calls: Pick<CallBudget, 'wanted'>;
  /** Tells what the operation selects, once it is known and before any resolver runs. */
  select(selection: Selection): void;
  /** Reports a failure that costs less than a field: a source left out of a list, say. */
  report(error: Error, path: ResponsePath): void;
  /** What `report` collected. */
  readonly reported: readonly { readonly error: Error; readonly path: readonly (string | number)[] }[];
}

/** The sources that the caller may ask, in the order of the configuration. */
export function sourcesOpenTo({ sources, access }: GraphContext): Source[] {
  return [...sources.values()].filter(({ name }) => access.mayAsk(name));
}

/** The request's session at one of its sources. */
export function sessionOf({ name }: Source, context: GraphContext): SourceSession {
  const session = context.session(name);
  if (session === undefined) throw new TypeError('a source without a session');
  return session;
}
