import type { FetchedAnswer } from '../answer.ts';
import { CallTimeoutError, type Cancellation } from '../cancellation.ts';
import { UpstreamError, type SourceLabel, type UpstreamErrorCode } from '../errors.ts';
import type { SharedScope } from '../limits/shared-calls.ts';
import type { RestSettings } from '../settings.ts';
import { acceptedEncodings } from './body.ts';
import { countWanted, readAnswer } from './response.ts';
import { BodyError, classifyTransportError, type Transport, type TransportFailure } from './transport.ts';

export interface CallOptions {
  /** Path and query at the source's origin. */
  readonly path: string;
  /** The value of the `authorization` header; empty for none. */
  readonly authorization: string;
  /** An answer that is at hand: the source may say that it still holds. */
  readonly kept: FetchedAnswer | undefined;
}

/**
 * Makes one GET call.
 *
 * @throws UpstreamError for everything that is not a JSON document
 */
export type Send = (options: CallOptions, call: SharedScope) => Promise<FetchedAnswer>;

export interface SenderOptions {
  readonly source: SourceLabel;
  readonly settings: RestSettings;
  /** Headers that go with every call beside the usual ones; they may override these. */
  readonly headers: Readonly<Record<string, string>>;
  readonly userAgent: string;
  readonly transport: Transport;
}

export function createSender({ source, settings, headers, userAgent, transport }: SenderOptions): Send {
  const usualHeaders = {
    accept: 'application/json',
    'accept-encoding': acceptedEncodings,
    'user-agent': userAgent,
    ...headers,
  };

  return async function send({ path, authorization, kept }, call) {
    const timer = startTimer(call, settings);
    try {
      const response = await transport.send({
        path,
        headers: {
          'x-request-id': call.requestId,
          ...usualHeaders,
          ...conditionsOf(kept),
          ...(authorization === '' ? undefined : { authorization }),
        },
        cancellation: call,
        onHead(head) {
          timer.headersArrived();
          return countWanted(head, settings.maxResponseBytes);
        },
      });
      return await readAnswer(source, response, settings.maxResponseBytes, kept);
    } catch (error) {
      throw toUpstreamError(source, error, call);
    } finally {
      timer.stop();
    }
  };
}

function conditionsOf(kept: FetchedAnswer | undefined): Record<string, string> | undefined {
  if (kept?.validators === undefined) return undefined;
  const { etag, lastModified } = kept.validators;
  return {
    ...(etag === undefined ? {} : { 'if-none-match': etag }),
    ...(lastModified === undefined ? {} : { 'if-modified-since': lastModified }),
  };
}

/**
 * Cancels a call that takes too long: until its headers, or until its end. One timer for both, set again when it finds the
 * headers there; an AbortSignal.timeout for each costs twenty times as much.
 */
function startTimer(
  call: Cancellation,
  { headersTimeoutMs, timeoutMs }: Pick<RestSettings, 'headersTimeoutMs' | 'timeoutMs'>,
) {
  let isAnswering = headersTimeoutMs >= timeoutMs;
  let timer = setTimeout(check, Math.min(headersTimeoutMs, timeoutMs));

  function check(): void {
    if (isAnswering && headersTimeoutMs < timeoutMs) {
      timer = setTimeout(expire, timeoutMs - headersTimeoutMs);
    } else expire();
  }

  function expire(): void {
    const reason = isAnswering
      ? `no complete answer within ${timeoutMs} ms`
      : `no answer within ${headersTimeoutMs} ms`;
    call.cancel(new CallTimeoutError(reason));
  }

  return {
    headersArrived: () => void (isAnswering = true),
    stop: () => clearTimeout(timer),
  };
}

function toUpstreamError(source: SourceLabel, error: unknown, call: Cancellation): UpstreamError {
  if (error instanceof UpstreamError) return error;
  if (error instanceof BodyError) {
    const { message, isTransient } = error;
    return new UpstreamError('UPSTREAM_BAD_RESPONSE', source, {
      reason: `the body cannot be used: ${message}`,
      isTransient,
      cause: error,
    });
  }
  if (call.isCancelled) {
    const { reason } = call;
    return new UpstreamError('UPSTREAM_TIMEOUT', source, {
      reason:
        reason instanceof CallTimeoutError ? reason.message : 'the request that needed the call is over',
      cause: error,
    });
  }
  const { kind, ...details } = classifyTransportError(error);
  return new UpstreamError(codesByFailure[kind], source, {
    ...details,
    ...(kind === 'unsendable'
      ? {
          message: `${source.provider.title} (source "${source.name}") cannot be asked this: the call cannot be sent.`,
        }
      : {}),
    cause: error,
  });
}

const codesByFailure: Readonly<Record<TransportFailure['kind'], UpstreamErrorCode>> = {
  timeout: 'UPSTREAM_TIMEOUT',
  unavailable: 'UPSTREAM_UNAVAILABLE',
  unsendable: 'UPSTREAM_REJECTED',
};
