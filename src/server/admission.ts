import type { IncomingMessage } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { openTimedScope, type TimedScope } from './request-scope.ts';
import { createSourceWaits } from './source-waits.ts';
import { createStartPace } from './start-pace.ts';
import { createStartQueue, type Waiting } from './start-queue.ts';
import { createTurns } from './turns.ts';

/** With fewer in the queue none is refused for its wait: the first operations of a process take long, and few say little. */
const shortQueue = 8;

/**
 * A queue that has been there for a while is no burst: more arrives than can be worked on. A tenth of the time is enough
 * then, or operations would wait for nothing; as many as clients have under way at the same time may wait even so.
 */
const overloadShare = 0.1;
const longQueue = 32;

export interface AdmissionSettings {
  readonly requestTimeoutMs: number;
  /** Operations under way at one time. */
  readonly maxOperations: number;
  /** Operations that wait for one of those to end. */
  readonly maxQueuedOperations: number;
  /** An operation that would have to wait for longer until the processor has time for it is refused. */
  readonly maxWaitMs: number;
  /** Whether operations can do without one source and have something of another. */
  readonly hasManySources: boolean;
  /** Who sends a request: what is scarce is shared by it. */
  readonly nameOf: (request: IncomingMessage) => string;
}

/** More arrives than the server can work on. */
export class OverloadedError extends Error {
  override readonly name = 'OverloadedError';
}

/**
 * Lets operations in, as many as the server can work on. A request is looked at twice: before its body is read, when
 * all that it costs is its refusal, and when it is there in full; one that arrives slowly, or never, takes no place.
 */
export interface Admission {
  /** To be called for each new connection. */
  noteConnection(): void;
  /** Whether one more operation of a client can be let in. */
  hasRoom(client: string): boolean;
  /** Starts the clock of a request whose headers have arrived. */
  arrive(request: FastifyRequest, reply: FastifyReply): TimedScope;
  /** Resolves when the operation may begin. @throws OverloadedError; ClientGoneError or TimeOverError when it has waited in vain */
  enter(request: FastifyRequest): Promise<void>;
  /** The operation has its answer, whether or not the client reads it. */
  leave(request: FastifyRequest): void;
  /** The scope of a request that has arrived. */
  scopeOf(request: FastifyRequest): TimedScope;
  /** Resolves when no request is under way or waits. */
  emptied(): Promise<void>;
  /** Ends the time of all requests that are under way or wait. */
  expireAll(): void;
}

export function createAdmission({
  requestTimeoutMs,
  maxOperations,
  maxQueuedOperations,
  maxWaitMs,
  hasManySources,
  nameOf,
}: AdmissionSettings): Admission {
  const scopes = new Map<FastifyRequest, TimedScope>();
  const working = new Set<FastifyRequest>();
  const queue = createStartQueue();
  const pace = createStartPace();
  const turns = createTurns(beginNext, () => pace.noteFullTurn());
  const countPlaces = () => (hasManySources ? maxOperations - working.size : Infinity);
  const waits = createSourceWaits(countPlaces, () => turns.next());
  const onEmpty: (() => void)[] = [];

  function beginNext(): boolean {
    const next = working.size < maxOperations ? queue.take() : undefined;
    if (next === undefined) {
      pace.noteIdle();
      return false;
    }
    pace.noteStart();
    next.begin();
    return true;
  }

  /** Whether the queue has no room for another of this caller. */
  function isFull(caller: string): boolean {
    return (
      working.size + queue.size >= maxOperations + maxQueuedOperations &&
      queue.findGreediest(caller) === undefined
    );
  }

  /** Whether the processor would keep another of this caller waiting for too long. */
  function isBehind(caller: string): boolean {
    if (queue.size < shortQueue || working.size >= maxOperations) return false;
    const others = queue.countBeforeNextOf(caller);
    const estimateMs = pace.estimateMs(others);
    const isOverload = pace.isStanding && others >= longQueue && estimateMs > overloadShare * maxWaitMs;
    return isOverload || (others >= shortQueue && estimateMs > maxWaitMs);
  }

  const hasRoom = (caller: string) => !isFull(caller) && !isBehind(caller);

  function wait(request: FastifyRequest, { signal }: TimedScope): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (settle: () => void) => () => {
        queue.remove(waiting);
        signal.removeEventListener('abort', giveUp);
        settle();
      };
      const giveUp = end(() => reject(signal.reason));
      const waiting: Waiting = {
        caller: nameOf(request.raw),
        begin: end(() => {
          working.add(request);
          resolve();
        }),
        refuse: end(() => reject(new OverloadedError())),
      };
      signal.addEventListener('abort', giveUp, { once: true });
      queue.add(waiting);
      wakeNext();
    });
  }

  function wakeNext(): void {
    if (working.size >= maxOperations || queue.size === 0) return;
    pace.noteWaiting();
    turns.wake();
  }

  function leave(request: FastifyRequest): void {
    if (working.delete(request)) wakeNext();
  }

  function forget(request: FastifyRequest): void {
    leave(request);
    scopes.delete(request);
    if (scopes.size === 0) for (const resolve of onEmpty.splice(0)) resolve();
  }

  function scopeOf(request: FastifyRequest): TimedScope {
    const scope = scopes.get(request);
    if (scope === undefined) throw new TypeError('the request has not arrived');
    return scope;
  }

  return {
    noteConnection: () => turns.noteConnection(),
    hasRoom,
    arrive(request, reply) {
      const scope = openTimedScope(request, reply, {
        timeoutMs: requestTimeoutMs,
        agedMs: turns.elapsedMs(),
        client: nameOf(request.raw),
        beginWait: waits.open(),
      });
      scopes.set(request, scope);
      reply.raw.once('close', () => forget(request));
      return scope;
    },
    async enter(request) {
      const scope = scopeOf(request);
      scope.signal.throwIfAborted();
      const caller = nameOf(request.raw);
      if (!hasRoom(caller)) throw new OverloadedError();
      if (working.size + queue.size >= maxOperations + maxQueuedOperations)
        queue.findGreediest(caller)?.refuse();
      await wait(request, scope);
    },
    leave,
    scopeOf,
    emptied: () => new Promise((resolve) => (scopes.size === 0 ? resolve() : void onEmpty.push(resolve))),
    expireAll() {
      for (const scope of scopes.values()) scope.expire();
    },
  };
}
