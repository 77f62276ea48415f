import { Cancellation, onAbort } from '../cancellation.ts';
import type { CallScope } from '../scope.ts';

/**
 * The scope of a call that several requests may wait for. The id, the caller and the headers are those of the request that
 * started it; the rest is what they have in common.
 */
export interface SharedScope extends CallScope, Cancellation {
  /** Aborted when the call is cancelled: when nobody waits any more, or by whoever works on it. */
  readonly signal: AbortSignal;
  /** The latest of the waiters' deadlines. */
  readonly deadlineMs: number;
  /** Whether all who wait asked for less time than the server gives. */
  readonly hasOwnDeadline: boolean;
  /** All whose requests have come to wait. */
  readonly callers: readonly string[];
  /** Called when a request of one more of them does. */
  onJoin: ((caller: string) => void) | undefined;
  /** Called when nobody waits any more, in place of the cancellation: the call goes on. */
  onAbandoned: (() => void) | undefined;
}

/** Calls in progress, by key: those who want the same at the same time get the same. */
export interface SharedCalls<T> {
  /** Joins the call of a key, or starts it. @returns the result, and whether another request had started it */
  join(
    key: string,
    scope: CallScope,
    start: (shared: SharedScope) => Promise<T>,
  ): { readonly result: Promise<T>; readonly isShared: boolean };
}

class SharedCall extends Cancellation implements SharedScope {
  readonly requestId: string;
  readonly caller: string;
  readonly callerHeader: CallScope['callerHeader'];
  deadlineMs: number;
  hasOwnDeadline = true;
  readonly callers: string[];
  onJoin: ((caller: string) => void) | undefined;
  onAbandoned: (() => void) | undefined;
  waiters = 0;

  constructor({ requestId, caller, callerHeader, deadlineMs }: CallScope) {
    super();
    this.requestId = requestId;
    this.caller = caller;
    this.callers = [caller];
    this.callerHeader = callerHeader;
    this.deadlineMs = deadlineMs;
  }

  addCaller(caller: string): void {
    if (this.callers.includes(caller)) return;
    this.callers.push(caller);
    this.onJoin?.(caller);
  }
}

interface RunningCall<T> {
  readonly call: SharedCall;
  readonly result: Promise<T>;
}

/*
 * lru-cache's `fetch` shares calls as well, but neither ends a call with its last waiter nor lets its deadline grow.
 */
export function createSharedCalls<T>(): SharedCalls<T> {
  const running = new Map<string, RunningCall<T>>();

  function forget(key: string, call: SharedCall): void {
    if (running.get(key)?.call === call) running.delete(key);
  }

  function startCall(
    key: string,
    scope: CallScope,
    start: (shared: SharedScope) => Promise<T>,
  ): RunningCall<T> {
    const call = new SharedCall(scope);
    const started: RunningCall<T> = { call, result: start(call) };
    running.set(key, started);
    // When all waiters have gone nobody is left to handle its failure.
    const end = () => forget(key, call);
    started.result.then(end, end);
    return started;
  }

  function wait(key: string, { call, result }: RunningCall<T>, scope: CallScope): Promise<T> {
    const { signal } = scope;
    call.waiters += 1;
    call.deadlineMs = Math.max(call.deadlineMs, scope.deadlineMs);
    call.hasOwnDeadline &&= scope.hasOwnDeadline;
    return new Promise<T>((resolve, reject) => {
      const leave = () => {
        call.waiters -= 1;
        reject(signal.reason);
        if (call.waiters > 0) return;
        if (call.onAbandoned !== undefined) return call.onAbandoned();
        forget(key, call);
        call.cancel(signal.reason);
      };
      const stay = onAbort(signal, leave);
      result.then(
        (value) => (stay(), resolve(value)),
        (error: unknown) => (stay(), reject(error)),
      );
    });
  }

  return {
    join(key, scope, start) {
      if (scope.signal.aborted) return { result: Promise.reject(scope.signal.reason), isShared: false };
      const known = running.get(key);
      known?.call.addCaller(scope.caller);
      return {
        result: wait(key, known ?? startCall(key, scope, start), scope),
        isShared: known !== undefined,
      };
    },
  };
}
