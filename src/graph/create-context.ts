import type { CallScope } from '../rest/scope.ts';
import type { RequestScope, Selection, SourceSession } from '../providers/provider.ts';
import type { GraphContext } from './context.ts';
import type { Sources } from './sources.ts';

/** The context of one request: loaders are made at first use and die with it. */
export function createContext(sources: Sources, call: CallScope): GraphContext {
  const sessions = new Map<string, SourceSession>();
  const reported: { error: Error; path: readonly (string | number)[] }[] = [];
  let selection: Selection | undefined;
  const scope: RequestScope = {
    requestId: call.requestId,
    signal: call.signal,
    deadlineMs: call.deadlineMs,
    callerHeader: (name) => call.callerHeader(name),
    // Without a known operation everything counts as selected: more is fetched then, nothing is missed.
    selection: { reads: (...place) => selection?.reads(...place) ?? true },
  };
  // Apollo works on a shallow copy of the context: what is set there arrives through the prototype of both.
  const shared: Pick<GraphContext, 'selection'> = {
    get selection() {
      return selection;
    },
    set selection(known) {
      selection = known;
    },
  };
  const own: Omit<GraphContext, 'selection'> = {
    requestId: call.requestId,
    sources,
    session(name) {
      const known = sessions.get(name);
      if (known !== undefined) return known;
      const opened = sources.get(name)?.openSession(scope);
      if (opened !== undefined) sessions.set(name, opened);
      return opened;
    },
    report: (error, path) => void reported.push({ error, path }),
    reported,
  };
  return Object.assign(Object.create(shared), own);
}
