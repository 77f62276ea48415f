import { setMaxListeners } from 'node:events';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ClientGoneError, type WaitingScope } from '../rest/scope.ts';

/** The header with which a caller asks for less time than the server gives. */
const timeoutHeader = 'x-request-timeout-ms';

/** The reason of a signal that was aborted because a request has had its time. */
export class TimeOverError extends Error {
  override readonly name = 'TimeOverError';
}

/** What calls of one HTTP request are made for, as long as the request has time. */
export interface TimedScope extends WaitingScope {
  /** Ends the time of the request now. */
  expire(): void;
}

export interface ScopeOptions {
  /** The most time that a request is given. */
  readonly timeoutMs: number;
  /** How long it has waited to be read. */
  readonly agedMs: number;
  /** Who sends it, as far as that can be told yet. */
  readonly client: string;
  readonly beginWait: WaitingScope['beginWait'];
}

/** The time of the request runs from its arrival, whatever is still missing of it. */
export function openTimedScope(
  request: FastifyRequest,
  reply: FastifyReply,
  { timeoutMs, agedMs, client, beginWait }: ScopeOptions,
): TimedScope {
  const controller = new AbortController();
  // Every upstream call of the request listens.
  setMaxListeners(0, controller.signal);
  const askedMs = readTimeout(singleHeader(request, timeoutHeader)) ?? timeoutMs;
  const leftMs = Math.max(0, Math.min(timeoutMs, askedMs) - agedMs);
  const expire = () => controller.abort(new TimeOverError('the time of the request is over'));
  const timer = setTimeout(expire, leftMs);
  reply.raw.once('close', () => {
    clearTimeout(timer);
    if (!reply.raw.writableFinished) controller.abort(new ClientGoneError('the client has gone'));
  });
  return {
    requestId: request.id,
    signal: controller.signal,
    deadlineMs: Date.now() + leftMs,
    hasOwnDeadline: askedMs < timeoutMs,
    // Until its token has been checked.
    caller: client,
    beginWait,
    callerHeader: (name) => singleHeader(request, name),
    expire,
  };
}

function readTimeout(text: string | undefined): number | undefined {
  return text !== undefined && /^[1-9]\d{0,6}$/.test(text) ? Number(text) : undefined;
}

function singleHeader({ headers }: FastifyRequest, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}
