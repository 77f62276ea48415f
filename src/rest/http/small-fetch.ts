import { request, type Dispatcher } from 'undici';
import { createDispatcher } from './dispatcher.ts';
import type { Route } from './route.ts';
import { untilAborted } from './until-aborted.ts';

/** Far more than tokens and keys take. */
const maxBytes = 64 * 1_024;

/** Connecting takes longer through a proxy, and nobody's call waits for it alone. */
const connectTimeoutMs = 10_000;

/** What jose gives to a `fetch` of one's own. */
export interface SmallFetchInit {
  readonly method: string;
  readonly headers: Headers | Record<string, string>;
  readonly body?: NonNullable<ConstructorParameters<typeof Response>[0]> | null | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** `fetch` for small documents. @throws undici's own error; the signal's reason when it is aborted */
export type SmallFetch = (url: string, init: SmallFetchInit) => Promise<Response>;

/** Answers with these statuses have no body. */
const bodilessStatuses: ReadonlySet<number> = new Set([204, 205, 304]);

/**
 * Fetches small documents of servers that are not sources, such as tokens and keys: an answer of more than 64 KB is a
 * failure, and redirects are not followed. Resolves when the whole answer is there.
 *
 * @param url of the server, which `route` leads to
 */
export function createSmallFetch(url: string, route: Route): SmallFetch {
  // Such calls are rare: a connection of its own for each is never one that the server is about to close.
  const dispatcher = createDispatcher(url, route, connectTimeoutMs, {
    pipelining: 0,
    maxResponseSize: maxBytes,
  });
  return async (address, init) => {
    const { signal } = init;
    signal?.throwIfAborted();
    const answer = fetchWith(dispatcher, address, init);
    // undici looks at the signal only when it has a connection for the call.
    return signal === undefined ? answer : untilAborted(answer, signal);
  };
}

async function fetchWith(
  dispatcher: Dispatcher,
  url: string,
  { method, headers, body, signal }: SmallFetchInit,
): Promise<Response> {
  const answer = await request(url, {
    dispatcher,
    method,
    headers: Object.fromEntries(new Headers(headers)),
    body: body === undefined || body === null ? null : await new Response(body).text(),
    ...(signal === undefined ? {} : { signal }),
  });
  const bytes = await answer.body.arrayBuffer();
  return new Response(bodilessStatuses.has(answer.statusCode) ? null : bytes, {
    status: answer.statusCode,
    headers: Object.entries(answer.headers).map(([name, value]) => [name, String(value)]),
  });
}
