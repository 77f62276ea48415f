import { randomUUID } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { ErrorCode } from '../graph/errors.ts';
import type { MalformedRequests } from './client-errors.ts';
import { completeRefusal, createErrorBody, internalErrorMessage } from './error-body.ts';
import type { Metrics } from './metrics.ts';

/** Answers of requests that come to no operation. Each of their errors is counted. */
export interface Refusals {
  send(request: FastifyRequest, reply: FastifyReply, code: ErrorCode, message: string): FastifyReply;
  /** Of an error that was not expected, or that the host found: malformed JSON, too large, an unknown content type. */
  sendError(
    error: Error & { readonly statusCode?: number },
    request: FastifyRequest,
    reply: FastifyReply,
  ): FastifyReply;
  sendOverloaded(request: FastifyRequest, reply: FastifyReply, message?: string): FastifyReply;
  /** The payload of a failed answer as it is to be sent: see `completeRefusal`. */
  complete(request: FastifyRequest, payload: unknown): unknown;
  /** Of what could not be read as a request. */
  readonly malformed: MalformedRequests;
  /** Logs a mistake of this server. */
  logInternal(request: FastifyRequest, error: unknown): void;
}

export function createRefusals(log: Logger, metrics: Metrics): Refusals {
  const send: Refusals['send'] = ({ id }, reply, code, message) => {
    metrics.errorSent(code, '');
    return reply.send(createErrorBody(code, message, id));
  };
  const logInternal: Refusals['logInternal'] = ({ id }, error) =>
    log.error({ requestId: id, err: error }, 'internal error');

  return {
    send,
    sendError(error, request, reply) {
      const status = error.statusCode ?? 500;
      if (status < 500) return send(request, reply.code(status), 'BAD_REQUEST', error.message);
      logInternal(request, error);
      return send(request, reply.code(status), 'INTERNAL_SERVER_ERROR', internalErrorMessage);
    },
    sendOverloaded({ id }, reply, message = 'The server is at capacity. Try again in a moment.') {
      metrics.operationRefused();
      metrics.errorSent('OVERLOADED', '');
      return reply
        .code(503)
        .header('retry-after', '1')
        .send(createErrorBody('OVERLOADED', message, id, { retryable: true }));
    },
    complete: ({ id }, payload) => completeRefusal(payload, id, (code) => metrics.errorSent(code, '')),
    malformed: {
      count: (status) => metrics.malformedRequest(status),
      describe(message) {
        metrics.errorSent('BAD_REQUEST', '');
        const requestId = randomUUID();
        return { requestId, body: JSON.stringify(createErrorBody('BAD_REQUEST', message, requestId)) };
      },
    },
    logInternal,
  };
}
