import type { Fetcher } from '@graphiql/toolkit';
import { readAnswer, type ApiAnswer } from './ask.ts';
import { readHeaders } from './headers.ts';
import type { Store } from './store.ts';

/** A request that was answered. */
export interface Exchange extends ApiAnswer {
  /** From sending the request to the last byte of the answer. */
  readonly durationMs: number;
  /** Of the answer's body, before compression. */
  readonly bytes: number;
  /** Whether the page asked for the schema, rather than its user for data. */
  readonly isIntrospection: boolean;
}

/**
 * Sends the operations of the editor.
 *
 * @param url of the API
 * @param exchanges gets what was answered last
 */
export function createFetcher(url: string, exchanges: Store<Exchange | undefined>): Fetcher {
  return async (params, options) => {
    const startMs = performance.now();
    const response = await fetch(url, {
      method: 'POST',
      headers: { ...readHeaders(options?.headers), 'content-type': 'application/json' },
      // A name that is empty is that of no operation.
      body: JSON.stringify({ ...params, operationName: params.operationName || undefined }),
    });
    const bytes = new Uint8Array(await response.arrayBuffer());
    const durationMs = performance.now() - startMs;
    const body = parseBody(new TextDecoder().decode(bytes), response.status);
    const isIntrospection = params.operationName === 'IntrospectionQuery';
    exchanges.set({
      ...readAnswer(response.status, body),
      durationMs,
      bytes: bytes.byteLength,
      isIntrospection,
    });
    return body;
  };
}

/** What stands between the page and the server, such as a proxy, may answer in its own words. */
function parseBody(text: string, status: number): object {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === 'object' && body !== null) return body;
  } catch {
    // Said below.
  }
  return { errors: [{ message: `The server answered ${status} with something else than JSON.` }] };
}
