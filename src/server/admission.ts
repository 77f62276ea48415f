import type { FastifyReply, FastifyRequest } from 'fastify';
import { createGate } from '../rest/gate.ts';
import { openRequestScope, type RequestScope } from './request-scope.ts';

export interface AdmissionSettings {
  readonly requestTimeoutMs: number;
  /** Operations under way at one time. */
  readonly maxOperations: number;
  /** Operations that wait for one of those to end. */
  readonly maxQueuedOperations: number;
}

/** Lets operations in, as many as the server can work on. */
export interface Admission {
  /** Resolves when the operation may begin. @throws GateFullError, or when its time is over before */
  enter(request: FastifyRequest, reply: FastifyReply): Promise<void>;
  /** The scope of a request that was let in. */
  scopeOf(request: FastifyRequest): RequestScope;
  /** Ends the time of all requests that are under way. */
  expireAll(): void;
}

export function createAdmission({ requestTimeoutMs, maxOperations, maxQueuedOperations }: AdmissionSettings): Admission {
  const gate = createGate(maxOperations, maxQueuedOperations);
  const scopes = new Map<FastifyRequest, RequestScope>();
  return {
    async enter(request, reply) {
      const scope = openRequestScope(request, reply, requestTimeoutMs);
      const release = await gate.enter(scope.signal);
      scopes.set(request, scope);
      reply.raw.once('close', () => {
        scopes.delete(request);
        release();
      });
    },
    scopeOf(request) {
      const scope = scopes.get(request);
      if (scope === undefined) throw new TypeError('the request has not been let in');
      return scope;
    },
    expireAll() {
      for (const scope of scopes.values()) scope.expire();
    },
  };
}
