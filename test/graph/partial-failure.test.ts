import { createServer } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startTestProduct, type QueryResult, type TestProduct } from '../support/product.ts';
import { startStubServer, type RecordingServer, type StubAnswer } from '../support/recording-server.ts';
import { entryFor } from '../support/sources.ts';
import { answerEveryCustomer } from './support/endless-apis.ts';

const providers = ['elevate', 'sage200', 'cro'] as const;
type ProviderName = (typeof providers)[number];

/** Texts that must not leave the server by any way. */
const canaries = {
  token: 'canary-token-1',
  key: 'canary-key-2',
  body: 'canary-body-3',
  header: 'canary-header-4',
  path: 'canary-path-5',
};

let stubs: Readonly<Record<ProviderName, RecordingServer>>;
let broken: { provider: ProviderName | undefined; answer: StubAnswer } = { provider: undefined, answer: {} };
let product: TestProduct;

beforeAll(async () => {
  const [elevate, sage200, cro] = await Promise.all(providers.map(startApi));
  if (elevate === undefined || sage200 === undefined || cro === undefined)
    throw new TypeError('an API is missing');
  stubs = { elevate, sage200, cro };
});

/** One for each test: a source that has just failed may not be asked again at once. */
beforeEach(async () => {
  product = await startTestProduct(createSources((provider) => stubs[provider].url));
});

afterEach(async () => {
  broken = { provider: undefined, answer: {} };
  await product.close();
});

afterAll(async () => {
  await Promise.all(providers.map((provider) => stubs[provider].close()));
});

function startApi(provider: ProviderName): Promise<RecordingServer> {
  return startStubServer((url) => {
    if (broken.provider === provider) return broken.answer;
    return answerEveryCustomer(
      new URL(url.pathname.replace(`/${canaries.path}`, '') + url.search, 'http://stub'),
    );
  });
}

function createSources(urlOf: (provider: ProviderName) => string) {
  const url = (provider: ProviderName) => `${urlOf(provider)}/${canaries.path}`;
  const auth = { type: 'bearer', token: canaries.token };
  // The cases share their sources: a breaker would carry the failures of one into the next.
  const breaker = { minCalls: 1_000 };
  return {
    elevate: entryFor.elevate(url('elevate'), { auth, breaker }),
    sage200: entryFor.sage200(url('sage200'), { auth, breaker, subscriptionKey: canaries.key }),
    cro: entryFor.cro(`${url('cro')}/cro`, { auth, breaker }),
  };
}

const ids = providers.flatMap((provider) => [`${provider}:1`, `${provider}:2`]);

function askForAll(asked: TestProduct): Promise<QueryResult> {
  return asked.query(
    'query ($ids: [ID!]!) { customersByIds(ids: $ids) { name } one: customersByIds(ids: $ids) { id } }',
    {
      variables: { ids },
    },
  );
}

/** The names that arrive when one provider fails. */
function namesWithout(failed: ProviderName) {
  return ids.map((id) => (id.startsWith(`${failed}:`) ? null : { name: id.replace(':', ' ') }));
}

function expectErrors({ errors }: QueryResult, failed: ProviderName, code: string, retryable: boolean): void {
  const positions = ids.flatMap((id, index) => (id.startsWith(`${failed}:`) ? [index] : []));
  const paths = ['customersByIds', 'one'].flatMap((field) => positions.map((position) => [field, position]));
  const [first] = errors;
  const requestId = first?.extensions['requestId'];
  expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
  expect(errors.map(({ path }) => JSON.stringify(path)).toSorted()).toEqual(
    paths.map((path) => JSON.stringify(path)).toSorted(),
  );
  for (const error of errors) {
    expect(error.extensions).toEqual({ code, source: failed, provider: failed, retryable, requestId });
    expect(error.message).toContain(`(source "${failed}")`);
  }
}

/** Nothing that is said of a failure may hold what it was about. */
function expectNoSecrets({ text }: QueryResult, { logLines }: TestProduct, urls: readonly string[]): void {
  const logged = logLines.map((line) => {
    const { pid: _pid, hostname: _hostname, time: _time, requestId: _requestId, ...said } = JSON.parse(line);
    return JSON.stringify(said);
  });
  const hosts = urls.flatMap((url) => [new URL(url).host, new URL(url).port]);
  const said = [text.replaceAll(/"requestId":"[0-9a-f-]{36}"/g, ''), ...logged].join('\n');
  for (const secret of [
    ...Object.values(canaries),
    ...hosts,
    '127.0.0.1',
    'http:',
    'earer',
    'stub',
    'ocp-apim',
    'x-tenant',
    '/customers',
  ]) {
    expect(said).not.toContain(secret);
  }
}

describe.each(providers)('without %s', (failed) => {
  it('the customers of the others arrive while it refuses connections', async () => {
    const refused = await findClosedPort();
    await product.close();
    product = await startTestProduct(
      createSources((provider) => (provider === failed ? refused : stubs[provider].url)),
    );
    const result = await askForAll(product);
    expect(result.data['customersByIds']).toEqual(namesWithout(failed));
    expectErrors(result, failed, 'UPSTREAM_UNAVAILABLE', true);
    expect(product.logLines.length).toBeGreaterThan(0);
    expectNoSecrets(result, product, [refused, ...providers.map((provider) => stubs[provider].url)]);
  });

  it.each([
    [500, 'UPSTREAM_UNAVAILABLE', true],
    [503, 'UPSTREAM_UNAVAILABLE', true],
    [401, 'UPSTREAM_UNAUTHORIZED', false],
    [403, 'UPSTREAM_FORBIDDEN', false],
    [422, 'UPSTREAM_REJECTED', false],
    [302, 'UPSTREAM_BAD_RESPONSE', false],
  ])('they arrive while it answers %i', async (status, code, retryable) => {
    const headers = { 'x-canary': canaries.header, location: `http://127.0.0.1/${canaries.header}` };
    broken = { provider: failed, answer: { status, headers, body: { message: canaries.body } } };
    const result = await askForAll(product);
    expect(result.status).toBe(200);
    expect(result.data['customersByIds']).toEqual(namesWithout(failed));
    expectErrors(result, failed, code, retryable);
    expect(product.logLines.length).toBeGreaterThan(0);
    expectNoSecrets(
      result,
      product,
      providers.map((provider) => stubs[provider].url),
    );
  });

  it.each([
    ['no JSON', `<html>${canaries.body}</html>`],
    ['broken JSON', `{"id": 1, "name": "${canaries.body}`],
    ['a text', `"${canaries.body}"`],
    ['a number', '5150'],
  ])('they arrive while it sends %s', async (_what, body) => {
    broken = { provider: failed, answer: { body } };
    const result = await askForAll(product);
    expect(result.data['customersByIds']).toEqual(namesWithout(failed));
    expectErrors(result, failed, 'UPSTREAM_BAD_RESPONSE', false);
    expectNoSecrets(
      result,
      product,
      providers.map((provider) => stubs[provider].url),
    );
  });

  it('they arrive, and it says when to come back, while it answers 429', async () => {
    broken = { provider: failed, answer: { status: 429, headers: { 'retry-after': '17' } } };
    // A server of its own, because this one leaves the source alone from now on.
    const own = await startTestProduct(createSources((provider) => stubs[provider].url));
    const result = await askForAll(own);
    await own.close();
    expect(result.data['customersByIds']).toEqual(namesWithout(failed));
    expect(result.errors[0]?.extensions).toMatchObject({
      code: 'UPSTREAM_RATE_LIMITED',
      retryable: true,
      retryAfterSeconds: 17,
    });
  });
});

describe('a record of somebody else', () => {
  it.each(providers)('is withheld when %s sends it for one that was asked for', async (provider) => {
    broken = { provider, answer: { body: { id: 666, name: canaries.body, customerName: canaries.body } } };
    const result = await product.query(`{ customer(id: "${provider}:1") { id name } }`);
    expect(result.data).toEqual({ customer: null });
    expect(result.errors.map(({ path, extensions }) => ({ path, code: extensions['code'] }))).toEqual([
      { path: ['customer'], code: 'UPSTREAM_BAD_RESPONSE' },
    ]);
    expectNoSecrets(result, product, [stubs[provider].url]);
  });

  it.each([
    [{}],
    [{ id: null }],
    [{ id: true }],
    [{ id: [1] }],
    [{ id: '01' }],
    [{ id: 1.5 }],
    [[{ id: 1 }]],
    [{ value: { id: 1 } }],
  ])('is a record that does not say whose it is: %j', async (body) => {
    broken = { provider: 'elevate', answer: { body } };
    const { data, errors } = await product.query('{ customer(id: "elevate:1") { id } }');
    expect({ data, codes: errors.map(({ extensions }) => extensions['code']) }).toEqual({
      data: { customer: null },
      codes: ['UPSTREAM_BAD_RESPONSE'],
    });
  });
});

/** A URL on which nothing listens. */
async function findClosedPort(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
}
