import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { sendAnswer, type Answer } from './answer.ts';
import type { FaultOptions, OptionName } from './options.ts';
import type { Random } from './random.ts';

/** One row of the catalogue. */
export interface FaultKind {
  /** What the client meets, in a sentence. */
  readonly description: string;
  /** Options beside those of every fault. */
  readonly options?: readonly OptionName[];
  /** Those among them that must be given. */
  readonly required?: readonly OptionName[];
  /** `delayMs` unless another is given. */
  readonly defaultDelayMs?: number;
  /** How the call is struck; undefined when this request or its answer cannot have the fault. */
  readonly prepare: (
    call: FaultyCall,
    options: FaultOptions,
  ) => Delivery | undefined | Promise<Delivery | undefined>;
}

/** A request that a fault may strike. */
export interface FaultyCall {
  /** Path and query as sent. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** Whether an earlier request came over the same connection. */
  readonly isOnUsedConnection: boolean;
  /** For what the fault leaves to chance. */
  readonly random: Random;
  /** The true answer. However often it is asked for, the API sees the request once. */
  readonly answer: () => Promise<Answer>;
  /** The true answer to the same request for another path and query. */
  readonly answerTo: (url: string) => Promise<Answer>;
}

/** Where a delivery writes. `signal` aborts when the connection is gone. */
export interface Outlet {
  readonly response: ServerResponse;
  readonly socket: Socket;
  readonly signal: AbortSignal;
}

export type Delivery = (outlet: Outlet) => void | Promise<void>;

/** The answer with the fault in it; undefined when it cannot have the fault. */
export type AnswerChange = (
  answer: Answer,
  call: FaultyCall,
  options: FaultOptions,
) => Answer | undefined | Promise<Answer | undefined>;

/** For faults that are a complete HTTP answer, made from the true one. */
export function changeAnswer(change: AnswerChange): FaultKind['prepare'] {
  return async (call, options) => {
    const changed = await change(await call.answer(), call, options);
    return changed && (({ response }) => sendAnswer(response, changed));
  };
}

/** For faults that are a complete HTTP answer, whatever the true one is: the API never sees the request. */
export function replaceAnswer(
  create: (call: FaultyCall, options: FaultOptions) => Answer,
): FaultKind['prepare'] {
  return (call, options) =>
    ({ response }) =>
      sendAnswer(response, create(call, options));
}
