import { Agent, request } from 'undici';
import { untilAborted } from './until-aborted.ts';

/** Far more than tokens and keys take. */
const maxBytes = 64 * 1_024;

/** Such calls are rare: a connection of its own for each is never one that the server is about to close. */
const agent = new Agent({
  pipelining: 0,
  maxResponseSize: maxBytes,
  // Said here, or NODE_TLS_REJECT_UNAUTHORIZED could switch it off.
  connect: { rejectUnauthorized: true },
});

/** What openid-client and jose give to a `fetch` of one's own. */
export interface SmallFetchInit {
  readonly method: string;
  readonly headers: Headers | Record<string, string>;
  readonly body?: NonNullable<ConstructorParameters<typeof Response>[0]> | null | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What `fetchSmall` is, for those who reach their server in another way. */
export type SmallFetch = (url: string, init: SmallFetchInit) => Promise<Response>;

/** Answers with these statuses have no body. */
const bodilessStatuses: ReadonlySet<number> = new Set([204, 205, 304]);

/**
 * `fetch` for small documents of servers that are not sources, such as tokens and keys: an answer of more than 64 KB
 * is a failure, and redirects are not followed. Resolves when the whole answer is there.
 *
 * @throws undici's own error; the signal's reason when it is aborted
 */
export async function fetchSmall(
  url: string,
  { method, headers, body, signal }: SmallFetchInit,
): Promise<Response> {
  signal?.throwIfAborted();
  const exchange = async () => {
    const answer = await request(url, {
      dispatcher: agent,
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
  };
  // undici looks at the signal only when it has a connection for the call.
  return signal === undefined ? exchange() : untilAborted(exchange(), signal);
}
