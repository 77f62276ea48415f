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
  /** Says that there is no room for an operation, and counts it. */
  describeOverload(requestId: string, message?: string): OverloadAnswer;
  sendOverloaded(request: FastifyRequest, reply: FastifyReply, message?: string): FastifyReply;
  /** The payload of a failed answer as it is to be sent: see `completeRefusal`. */
  complete(request: FastifyRequest, payload: unknown): unknown;
  /** Of what could not be read as a request. */
  readonly malformed: MalformedRequests;
  /** Logs a mistake of this server. */
  logInternal(request: FastifyRequest, error: unknown): void;
}

/** An answer as it is sent. */
export interface OverloadAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const overloadHeaders = { 'retry-after': '1', 'content-type': 'application/json; charset=utf-8' };
const atCapacity = createOverloadBody('The server is at capacity. Try again in a moment.');

/** Bodies that are the same but for the request id, which is a UUID: thousands may be needed in a second. */
function createOverloadBody(message: string): (requestId: string) => string {
  const place = randomUUID();
  const body = JSON.stringify(createErrorBody('OVERLOADED', message, place, { retryable: true }));
  const [before = '', after = ''] = body.split(place);
  return (requestId) => `${before}${requestId}${after}`;
}

export function createRefusals(log: Logger, metrics: Metrics): Refusals {
  const send: Refusals['send'] = ({ id }, reply, code, message) => {
    metrics.errorSent(code, '');
    return reply.send(createErrorBody(code, message, id));
  };
  const logInternal: Refusals['logInternal'] = ({ id }, error) =>
    log.error({ requestId: id, err: error }, 'internal error');

  function describeOverload(requestId: string, message?: string): OverloadAnswer {
    metrics.operationRefused();
    metrics.errorSent('OVERLOADED', '');
    const writeBody = message === undefined ? atCapacity : createOverloadBody(message);
    return { status: 503, headers: overloadHeaders, body: writeBody(requestId) };
  }

  return {
    send,
    sendError(error, request, reply) {
      const status = error.statusCode ?? 500;
      if (status < 500) return send(request, reply.code(status), 'BAD_REQUEST', error.message);
      logInternal(request, error);
      return send(request, reply.code(status), 'INTERNAL_SERVER_ERROR', internalErrorMessage);
    },
    describeOverload,
    sendOverloaded({ id }, reply, message) {
      const { status, headers, body } = describeOverload(id, message);
      return reply.code(status).headers(headers).send(body);
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
