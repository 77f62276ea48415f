import type { FastifyReply, FastifyRequest } from 'fastify';
import { createGate } from '../rest/limits/fair-queue.ts';
import { ClientGoneError } from '../rest/scope.ts';
import { openTimedScope, type TimedScope } from './request-scope.ts';

export interface AdmissionSettings {
  readonly requestTimeoutMs: number;
  /** Operations under way at one time. */
  readonly maxOperations: number;
  /** Operations that wait for one of those to end. */
  readonly maxQueuedOperations: number;
}

/** Lets operations in, as many as the server can work on. */
export interface Admission {
  /** Resolves when the operation may begin. @throws GateFullError, ClientGoneError; TimeOverError when its time is over before */
  enter(request: FastifyRequest, reply: FastifyReply): Promise<void>;
  /** The scope of a request that was let in. */
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
}: AdmissionSettings): Admission {
  const gate = createGate(maxOperations, maxQueuedOperations);
  const scopes = new Map<FastifyRequest, TimedScope>();
  const onEmpty: (() => void)[] = [];

  function forget(request: FastifyRequest): void {
    scopes.delete(request);
    if (scopes.size === 0) for (const resolve of onEmpty.splice(0)) resolve();
  }

  return {
    async enter(request, reply) {
      if (reply.raw.destroyed) throw new ClientGoneError('the client has gone');
      const scope = openTimedScope(request, reply, requestTimeoutMs);
      scopes.set(request, scope);
      const place = gate.enter(scope.signal);
      // Before the wait: a client that leaves in the moment of its turn would keep the place for ever.
      reply.raw.once('close', () => {
        forget(request);
        void place.then(
          (leave) => leave(),
          () => {},
        );
      });
      await place;
    },
    scopeOf(request) {
      const scope = scopes.get(request);
      if (scope === undefined) throw new TypeError('the request has not been let in');
      return scope;
    },
    emptied: () => new Promise((resolve) => (scopes.size === 0 ? resolve() : void onEmpty.push(resolve))),
    expireAll() {
      for (const scope of scopes.values()) scope.expire();
    },
  };
}
