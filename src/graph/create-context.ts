import { responsePathAsArray } from 'graphql';
import type { WaitingScope } from '../rest/scope.ts';
import type { RequestScope, Selection, SourceSession } from '../providers/provider.ts';
import { createAnswerMeter, type AnswerSize } from './answer-meter.ts';
import { createCallBudget } from './call-budget.ts';
import type { GraphContext } from './context.ts';
import { forbidden } from './errors.ts';
import type { Access } from './guards/access.ts';
import type { Sources } from './sources.ts';

/** A request that can be ended before it has had its time. */
interface EndableScope extends WaitingScope {
  expire(): void;
}

/** With which a gateway asks for times of each field. */
const traceHeader = 'apollo-federation-include-trace';

/** What one operation may come to. */
export interface OperationBounds {
  readonly answer: AnswerSize;
  readonly upstreamCalls: number;
}

export interface ContextOptions {
  readonly sources: Sources;
  readonly call: EndableScope;
  readonly bounds: OperationBounds;
  readonly access: Access;
}

/** The context of one request: loaders are made at first use and die with it. */
export function createContext({ sources, call, bounds, access }: ContextOptions): GraphContext {
  const sessions = new Map<string, SourceSession>();
  const reported: GraphContext['reported'][number][] = [];
  let selection: Selection | undefined;
  // Nobody gets to see what is still on its way.
  const answer = createAnswerMeter({
    most: bounds.answer,
    isTraced: call.callerHeader(traceHeader) !== undefined,
    onFull: () => call.expire(),
  });
  const calls = createCallBudget(bounds.upstreamCalls);
  const report: GraphContext['report'] = (error, path) => {
    answer.addError(path);
    if (!answer.isFull) reported.push({ error, path: responsePathAsArray(path) });
  };
  const scope: RequestScope = {
    ...call,
    // Without a known operation everything counts as selected: more is fetched then, nothing is missed.
    selection: { reads: (...place) => selection?.reads(...place) ?? true },
    report,
    admitCall: () => calls.admit(),
  };
  return {
    requestId: call.requestId,
    access,
    sources,
    answer,
    calls,
    session(name) {
      const known = sessions.get(name);
      if (known !== undefined) return known;
      const source = sources.get(name);
      if (source !== undefined && !access.mayAsk(name))
        throw forbidden(`You may not ask the source "${name}".`);
      const opened = source?.openSession(scope);
      if (opened !== undefined) sessions.set(name, opened);
      return opened;
    },
    // A function, because Apollo copies the context: a property set on the copy would not arrive here.
    select: (known) => void (selection = known),
    report,
    reported,
  };
}
