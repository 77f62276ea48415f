import { createRemoteJWKSet, customFetch, type JWTVerifyGetKey } from 'jose';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { SmallFetch } from '../../rest/http/small-fetch.ts';
import { classifyTransportError } from '../../rest/http/transport.ts';
import { createBackOff } from '../../rest/limits/back-off.ts';

/** The issuer's keys cannot be had for the moment. The message says why, for the log. */
export class KeySetError extends Error {
  override readonly name = 'KeySetError';
  /** Until they are asked for again. */
  readonly retryAfterSeconds: number;

  constructor(message: string, retryAfterSeconds: number, options?: ErrorOptions) {
    super(message, options);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** Keys older than this are fetched again, while tokens are still checked with them. */
const refreshAfterMs = 600_000;
/** An issuer that cannot be reached does not lock everybody out at once; but a withdrawn key is not used for ever. */
const longestUseMs = 86_400_000;

const keySetShape = z.object({ keys: z.array(z.looseObject({})) });

/**
 * The keys of a token issuer, fetched when they are needed. After a failure nobody fetches them again for a while.
 *
 * @param fetch reaches the issuer
 * @returns what finds a token's key; throws KeySetError when the keys cannot be had
 */
export function createKeySet(url: string, fetch: SmallFetch, log: Pick<Logger, 'error'>): JWTVerifyGetKey {
  const failures = createBackOff({ firstMs: 5_000, mostMs: 60_000 });
  let fetchedAtMs = 0;

  const fetchKeys: SmallFetch = async (address, init) => {
    const held = failures.current();
    if (held !== undefined) throw new KeySetError(held.error.message, Math.ceil(held.leftMs / 1_000));
    try {
      const text = await fetchText(address, init, fetch);
      fetchedAtMs = Date.now();
      failures.succeeded();
      return new Response(text);
    } catch (cause) {
      const reason =
        cause instanceof UnusableKeysError ? cause.message : classifyTransportError(cause).reason;
      const error = new Error(`the keys of the token issuer cannot be had: ${reason}`, { cause });
      failures.failed(error);
      log.error({ reason }, 'cannot fetch the keys of the token issuer');
      throw new KeySetError(error.message, Math.ceil((failures.current()?.leftMs ?? 0) / 1_000), { cause });
    }
  };

  const keys = createRemoteJWKSet(new URL(url), { [customFetch]: fetchKeys, cacheMaxAge: longestUseMs });
  return (header, token) => {
    const isOld = fetchedAtMs > 0 && Date.now() > fetchedAtMs + refreshAfterMs;
    if (isOld && failures.current() === undefined) keys.reload().catch(() => {});
    return keys(header, token);
  };
}

/** What was sent is no key set. */
class UnusableKeysError extends Error {}

async function fetchText(
  address: string,
  init: Parameters<SmallFetch>[1],
  fetch: SmallFetch,
): Promise<string> {
  const response = await fetch(address, init);
  if (response.status !== 200) throw new UnusableKeysError(`status ${response.status}`);
  const text = await response.text();
  if (!keySetShape.safeParse(parse(text)).success) throw new UnusableKeysError('the answer is no key set');
  return text;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
