import type { Cancellation } from '../cancellation.ts';
import { errorCodeOf } from '../error-code.ts';

/**
 * How one HTTP call travels. There are two ways, `undici.ts` and `node-fetch.ts`; `call.ts` adds everything else, so that
 * both behave alike: time limits, decompression, status, JSON.
 */
export interface Transport {
  /**
   * Sends one GET request and resolves when its answer is there. Never follows a redirect.
   *
   * @throws the reason of its cancellation; what `onHead` throws; BodyError for a body that is too large;
   * otherwise the library's own error, which `classifyTransportError` reads
   */
  send(request: TransportRequest): Promise<TransportResponse>;
  /** Closes idle connections and lets calls under way finish. */
  close(): Promise<void>;
}

export interface TransportRequest {
  /** Path and query at the source's origin. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly cancellation: Cancellation;
  /**
   * Called when the headers of the answer are there. @returns the bytes that its body may have; 0: it is not wanted, and is
   * thrown away so that its connection is free for the next call
   */
  readonly onHead: (head: ResponseHead) => number;
}

export interface ResponseHead {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
}

export interface TransportResponse extends ResponseHead {
  /** The body as it came over the wire, still compressed; empty where it is not wanted. */
  readonly bytes: Buffer;
}

export interface TransportSettings {
  /** `https://rest.example.com` */
  readonly origin: string;
  readonly connectTimeoutMs: number;
  /** Connections to the source at one time. */
  readonly maxConcurrency: number;
}

/** The body of an answer cannot be used; `message` says why without quoting it. */
export class BodyError extends Error {
  override readonly name = 'BodyError';
  /** Whether a second call may bring a better one. */
  readonly isTransient: boolean;

  constructor(
    message: string,
    { cause, isTransient = false }: { readonly cause?: unknown; readonly isTransient?: boolean } = {},
  ) {
    super(message, { cause });
    this.isTransient = isTransient;
  }
}

export function tooLarge(maxBytes: number): BodyError {
  return new BodyError(`it is larger than ${maxBytes} bytes`);
}

/**
 * Servers close idle connections, often after 5 s, and a call sent at that moment is lost. Ours are closed earlier.
 */
export const idleConnectionMs = 4_000;

/** The rest of an unwanted body that is read to keep the connection; of a longer one the connection is closed. */
export const discardedBytes = 128 * 1_024;

/** What a transport's error means. */
export interface TransportFailure {
  /** `timeout` for a connection that was not made in time, `unsendable` for a call that no server can be sent. */
  readonly kind: 'timeout' | 'unavailable' | 'unsendable';
  readonly reason: string;
  /** Whether the same call may succeed a moment later: not when a name is unknown or a certificate is wrong. */
  readonly isTransient: boolean;
  /** Whether the call failed before it left this machine. */
  readonly isUnsent: boolean;
}

/** Of values that cannot stand in a URL or a header. */
const unsendableCodes: ReadonlySet<string | undefined> = new Set([
  'UND_ERR_INVALID_ARG',
  'ERR_INVALID_URL',
  'ERR_INVALID_CHAR',
  'ERR_UNESCAPED_CHARACTERS',
  'ERR_HTTP_INVALID_HEADER_VALUE',
  'ERR_INVALID_HTTP_TOKEN',
]);

/** Of what this machine or this process has run out of, or may not do. */
const localCodes: ReadonlySet<string | undefined> = new Set([
  'EMFILE',
  'ENFILE',
  'ENOMEM',
  'ENOBUFS',
  'EADDRNOTAVAIL',
  'EACCES',
  'EPERM',
  'UND_ERR_CLOSED',
  'UND_ERR_DESTROYED',
]);

export function classifyTransportError(error: unknown): TransportFailure {
  const code = errorCodeOf(error);
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT') {
    const reason = `connection not made in time (${code})`;
    return { kind: 'timeout', reason, isTransient: true, isUnsent: false };
  }
  const proxyStatus = /^PROXY_STATUS_(\d+)$/.exec(code ?? '')?.[1];
  if (proxyStatus !== undefined) {
    const isTransient = Number(proxyStatus) >= 500;
    return { kind: 'unavailable', reason: `the proxy answers ${proxyStatus}`, isTransient, isUnsent: false };
  }
  if (unsendableCodes.has(code))
    return {
      kind: 'unsendable',
      reason: `the call cannot be sent (${code})`,
      isTransient: false,
      isUnsent: true,
    };
  // EPROTO: the other side does not speak TLS, or not the same.
  const isLasting = code === 'ENOTFOUND' || code === 'EPROTO' || /CERT|TLS|SSL|SIGNATURE/.test(code ?? '');
  const isUnsent = localCodes.has(code);
  return {
    kind: 'unavailable',
    reason: code ?? (error instanceof Error ? error.name : 'unknown failure'),
    isTransient: !isLasting && !isUnsent,
    isUnsent,
  };
}
