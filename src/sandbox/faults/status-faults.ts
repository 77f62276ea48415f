import { createHash } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import { createAnswer, hasContent, type Answer } from './answer.ts';
import { changeAnswer, replaceAnswer, type FaultKind, type FaultyCall } from './fault-kind.ts';
import type { FaultOptions } from './options.ts';

/** Begins the path that `redirect-same-origin` leads to: what follows is answered without faults. */
export const movedPrefix = '/__moved';

const defaultOrigin = 'http://elsewhere.example.org';
const defaultMaxAgeSeconds = 300;
const defaultStatus = 500;

export const statusFaults = {
  status: {
    description:
      'An error status, at will with Retry-After: 400, 401, 403, 404, 409, 410, 422, 429, 500, 502, 503, 504 and the like.',
    options: ['status', 'retryAfter'],
    required: ['status'],
    prepare: replaceAnswer(refuse),
  },
  'redirect-same-origin': {
    description: `Status 302 to the same host, where ${movedPrefix} and the path asked for give the true answer.`,
    prepare: replaceAnswer(({ url }) => redirect(movedPrefix + url)),
  },
  'redirect-other-origin': {
    description: `Status 302 to location, by default to the same path at ${defaultOrigin}.`,
    options: ['location'],
    prepare: replaceAnswer(({ url }, { location }) => redirect(location ?? defaultOrigin + url)),
  },
  'cache-control-public': {
    description:
      'The true answer with Cache-Control: public, which lets everybody keep what only this client may see.',
    options: ['maxAgeSeconds'],
    prepare: changeAnswer((answer, _call, { maxAgeSeconds = defaultMaxAgeSeconds }) =>
      answer.status === 200
        ? { ...answer, headers: { ...answer.headers, 'cache-control': `public, max-age=${maxAgeSeconds}` } }
        : undefined,
    ),
  },
  etag: {
    description: 'The true answer with an ETag, and status 304 without body to an If-None-Match that has it.',
    prepare: changeAnswer(tag),
  },
} as const satisfies Readonly<Record<string, FaultKind>>;

/** An error as the APIs word theirs, as far as they agree. */
function refuse(_call: FaultyCall, { status = defaultStatus, retryAfter }: FaultOptions): Answer {
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
    ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
  };
  return createAnswer(
    status,
    headers,
    JSON.stringify({ statusCode: status, message: STATUS_CODES[status] ?? 'Failed' }),
  );
}

function redirect(location: string): Answer {
  return createAnswer(
    302,
    { location, 'content-type': 'text/plain; charset=utf-8' },
    `Found at ${location}\n`,
  );
}

/** The answer with its tag; without body when the client has it already. */
function tag(answer: Answer, { headers }: FaultyCall): Answer | undefined {
  if (!hasContent(answer)) return undefined;
  const etag = `"${createHash('sha256').update(answer.body).digest('base64url')}"`;
  const tagged = { ...answer, headers: { ...answer.headers, etag } };
  const known = new Set(
    (headers['if-none-match'] ?? '').split(',').map((text) => text.trim().replace(/^W\//, '')),
  );
  return known.has(etag) || known.has('*') ? createAnswer(304, { etag }) : tagged;
}
