import { Cancellation } from '../../../src/rest/cancellation.ts';
import { createNodeFetchTransport } from '../../../src/rest/http/node-fetch.ts';
import { directRoute } from '../../../src/rest/http/route.ts';
import { createSmallFetch } from '../../../src/rest/http/small-fetch.ts';
import { createUndiciTransport } from '../../../src/rest/http/undici.ts';

/** Calls a URL in every way that the product does, and prints what becomes of it; with `fetch` of Node.js beside. */
const url = process.argv[2] ?? '';
const settings = { origin: new URL(url).origin, connectTimeoutMs: 5_000, maxConcurrency: 1 };
const request = { path: '/', headers: {}, cancellation: new Cancellation(), onHead: () => 0 };

const calls = {
  undici: () => createUndiciTransport(settings, directRoute).send(request),
  fetch: () => createNodeFetchTransport(settings, directRoute).send(request),
  small: () => createSmallFetch(url, directRoute)(url, { method: 'GET', headers: {} }),
  'Node.js': () => fetch(url),
};

const outcomes = Object.entries(calls).map(async ([name, call]) => [
  name,
  await call().then(
    ({ status }) => status,
    (error: unknown) => /DEPTH_ZERO_SELF_SIGNED_CERT/.exec(inspect(error))?.[0] ?? inspect(error),
  ),
]);
console.log(JSON.stringify(Object.fromEntries(await Promise.all(outcomes))));
process.exit(0);

function inspect(error: unknown): string {
  return error instanceof Error
    ? `${'code' in error ? String(error.code) : error.message} ${inspect(error.cause)}`
    : '';
}
