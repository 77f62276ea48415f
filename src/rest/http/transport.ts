import { errorCodeOf } from '../error-code.ts';

/**
 * How one HTTP call travels. Two implementations stand in `transports/`; the client in `client.ts` adds
 * everything else, so that both behave alike: time limits, size limits, decompression, status, JSON.
 */
export interface Transport {
  /**
   * Sends one GET request and resolves when the headers of the answer are there. Never follows a redirect.
   *
   * @throws the library's own error; `classifyTransportError` reads it
   */
  send(request: TransportRequest): Promise<TransportResponse>;
  /** Closes idle connections and lets calls under way finish. */
  close(): Promise<void>;
}

export interface TransportRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Aborting it ends the call, while the body is read as well. */
  readonly signal: AbortSignal;
}

export interface TransportResponse {
  readonly status: number;
  header(name: string): string | undefined;
  /** The body as it came over the wire, still compressed. Must be read to its end or discarded. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Throws the body away so that its connection is free for the next call. */
  discard(): Promise<void>;
}

export interface TransportSettings {
  readonly baseUrl: string;
  readonly connectTimeoutMs: number;
  /** Connections to the source at one time. */
  readonly maxConcurrency: number;
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
