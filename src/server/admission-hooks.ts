import type { FastifyReply, FastifyRequest } from 'fastify';
import { ClientGoneError } from '../rest/scope.ts';
import { OverloadedError, type Admission } from './admission.ts';
import type { Refusals } from './refusals.ts';
import { TimeOverError } from './request-scope.ts';

/** The hooks of a route whose requests need admission. */
export function createAdmissionHooks(admission: Admission, refusals: Refusals) {
  /** @returns the reply where it has been sent */
  function refuse(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    // Nobody is there to be answered.
    if (error instanceof ClientGoneError) return reply.hijack();
    if (error instanceof OverloadedError || error instanceof TimeOverError)
      return refusals.sendOverloaded(request, reply);
    throw error;
  }

  /** What is still missing of the request when its time is over is not waited for. */
  function endSlowArrival(request: FastifyRequest, reply: FastifyReply, error: unknown): void {
    if (reply.sent || !(error instanceof TimeOverError) || request.raw.complete) return;
    const message = 'The request did not arrive in its time.';
    refusals.send(request, reply.code(408).header('connection', 'close'), 'BAD_REQUEST', message);
  }

  return {
    onRequest(request: FastifyRequest, reply: FastifyReply, done: () => void) {
      if (reply.raw.destroyed) return void reply.hijack();
      const { signal } = admission.arrive(request, reply);
      signal.addEventListener('abort', () => endSlowArrival(request, reply, signal.reason), { once: true });
      done();
    },
    async preHandler(request: FastifyRequest, reply: FastifyReply) {
      try {
        await admission.enter(request);
        return undefined;
      } catch (error) {
        return refuse(error, request, reply);
      }
    },
    onSend(request: FastifyRequest, _reply: FastifyReply, _payload: unknown, done: () => void) {
      admission.leave(request);
      done();
    },
  };
}
