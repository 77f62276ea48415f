import type { CallScope } from '../rest/scope.ts';
import type { RequestScope, SourceSession } from '../providers/provider.ts';
import type { GraphContext } from './context.ts';
import type { Sources } from './sources.ts';

/** The context of one request: loaders are made at first use and die with it. */
export function createContext(sources: Sources, call: CallScope): GraphContext {
  const sessions = new Map<string, SourceSession>();
  const reported: { error: Error; path: readonly (string | number)[] }[] = [];
  const scope: RequestScope = {
    requestId: call.requestId,
    signal: call.signal,
    callerHeader: (name) => call.callerHeader(name),
    // Without a known operation everything counts as selected: more is fetched then, nothing is missed.
    selection: { reads: (...place) => context.selection?.reads(...place) ?? true },
  };
  const context: GraphContext = {
    requestId: call.requestId,
    sources,
    selection: undefined,
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
  return context;
}
