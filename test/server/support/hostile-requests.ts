import fc from 'fast-check';
import { documents, json, variables, writeObject } from './hostile-operations.ts';

/** A request of which nothing can be relied on. */
export interface HostileRequest {
  readonly method: string;
  /** With its query string. */
  readonly target: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

/** As bytes in latin1: the body is UTF-8. */
export function writeRequest({ method, target, headers, body }: HostileRequest): string {
  const bytes = Buffer.from(body).toString('latin1');
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return `${method} ${target} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\ncontent-length: ${bytes.length}\r\n${lines}\r\n${bytes}`;
}

/** Once in ten times; null in the others. */
function seldom<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> {
  return fc.oneof({ weight: 1, arbitrary }, { weight: 9, arbitrary: fc.constant(null) });
}

const names = fc.constantFrom('"A"', '"B"', '"C"', '""', 'null', '"__proto__"', '1', '[]', '{}');

const operations = fc
  .tuple(
    documents.map((document) => JSON.stringify(document)),
    variables,
    seldom(names),
    seldom(json),
  )
  .map(([query, given, name, extensions]) =>
    writeObject([
      ['query', query],
      ['variables', given],
      ...(name === null ? [] : [['operationName', name] as const]),
      ...(extensions === null ? [] : [['extensions', extensions] as const]),
    ]),
  );

/** Mostly what a request should be, so that the rest of it is looked at. */
const bodies = fc.oneof(
  { weight: 12, arbitrary: operations },
  {
    weight: 1,
    arbitrary: fc.tuple(json, json).map(([query, given]) =>
      writeObject([
        ['query', query],
        ['variables', given],
      ]),
    ),
  },
  { weight: 1, arbitrary: json },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 200 }) },
);

const harmlessHeaders: fc.Arbitrary<readonly [string, string]> = fc.constantFrom<[string, string]>(
  ['accept', '*/*'],
  ['accept', 'application/graphql-response+json'],
  ['accept', 'text/html, application/json;q=0.1'],
  ['authorization', 'Basic eDp5'],
  ['authorization', `Bearer ${'x'.repeat(9_000)}`],
  ['x-request-timeout-ms', '100'],
  ['x-request-timeout-ms', '0'],
  ['x-request-timeout-ms', '1e9'],
  ['x-request-timeout-ms', '5, 6'],
  ['x-request-id', '\xff'],
  ['apollo-federation-include-trace', 'ftv1'],
  ['apollo-federation-include-trace', 'ftv1, ftv1'],
  ['x-elevate-authorization', '\xe9'],
  ['origin', 'null'],
);

const harmfulHeaders: fc.Arbitrary<readonly [string, string]> = fc.constantFrom<[string, string]>(
  ['content-type', 'application/json;;='],
  ['content-type', 'text/plain'],
  ['content-type', '/'],
  ['content-type', ''],
  ['accept', 'multipart/mixed; deferSpec=20220824'],
  ['accept', '*/*;q=0'],
  ['accept', ','.repeat(500)],
  ['content-encoding', 'br, gzip'],
  ['x-request-timeout-ms', '1'],
);

const posts: fc.Arbitrary<HostileRequest> = fc
  .tuple(bodies, fc.array(harmlessHeaders, { maxLength: 2 }), seldom(harmfulHeaders))
  .map(([body, harmless, harmful]) => ({
    method: 'POST',
    target: '/graphql',
    headers: [
      ...(harmful?.[0] === 'content-type' ? [] : [['content-type', 'application/json'] as const]),
      ...harmless,
      ...(harmful === null ? [] : [harmful]),
    ],
    body,
  }));

const odd = fc.tuple(
  fc.constantFrom('query', 'variables', 'operationName', 'extensions', '__proto__', 'query[]'),
  fc.oneof(documents, json, fc.constantFrom('%', '%FF', '%u0000', '+')),
);

const parameters = fc
  .tuple(documents, variables, seldom(odd))
  .map(([document, given, more]) => [
    ['query', document] as const,
    ['variables', given] as const,
    ...(more === null ? [] : [more]),
  ]);

const gets: fc.Arbitrary<HostileRequest> = fc
  .record({
    parameters,
    given: fc.array(harmlessHeaders, { maxLength: 2 }),
    isRaw: fc.integer({ min: 0, max: 9 }).map((of) => of === 0),
  })
  .map(({ parameters: pairs, given, isRaw }) => {
    const write = (text: string) =>
      isRaw ? text.replaceAll(/[^!-~]/g, '%20') : encodeURIComponent(text.replaceAll(/\p{Cs}/gu, '?'));
    const search = pairs.map(([name, value]) => `${name}=${write(value)}`).join('&');
    // What is longer is refused before it is looked at.
    return {
      method: 'GET',
      target: `/graphql?${search.slice(0, 8_000)}`,
      headers: [['apollo-require-preflight', 'x'], ...given],
      body: '',
    };
  });

/** Requests that are wrong in some way, or in none; many come as far as their operation. */
export const hostileRequests: fc.Arbitrary<HostileRequest> = fc.oneof(
  { weight: 5, arbitrary: posts },
  { weight: 1, arbitrary: gets },
);

/** What an answer shows that no caller can be to blame for; undefined where there is nothing. */
export function findFault({
  status,
  body,
}: {
  readonly status: number;
  readonly body: string;
}): string | undefined {
  if (status >= 500 && status !== 503) return `status ${status}`;
  return /INTERNAL_SERVER_ERROR|node_modules|Maximum call stack|\bat \S+ \(?(?:file|node|\/)/.exec(body)?.[0];
}
