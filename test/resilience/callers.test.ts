import { afterEach, expect, it } from '@jest/globals';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { QueryResult, TestProduct } from '../support/product.ts';
import { startStubServer, type RecordingServer } from '../support/recording-server.ts';
import { waitUntil } from '../support/wait-until.ts';
import { closeAll, startProduct, startSilentStub } from './support/leaving.ts';

afterEach(closeAll);

const byId = 'query ($ids: [ID!]!) { customersByIds(ids: $ids) { name } }';

/** Sends an operation from one of the addresses of this machine. */
function askFrom(address: string, { url }: TestProduct, ids: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = {
      method: 'POST',
      localAddress: address,
      headers: { 'content-type': 'application/json' },
    };
    request(`${url}/graphql`, options, (response) => void text(response).then(resolve, reject))
      .on('error', reject)
      .end(JSON.stringify({ query: byId, variables: { ids } }));
  });
}

function idOfCall(path: string): number {
  return Number(path.split('/').at(-1));
}

/** An Elevate that needs some time for each customer. */
function startSlowElevate(answerMs: number): Promise<RecordingServer> {
  return startStubServer(async ({ pathname }) => {
    await sleep(answerMs);
    return { body: { id: idOfCall(pathname), customerName: `North ${idOfCall(pathname)}` } };
  });
}

it('a caller who asks for much does not keep another waiting for all of it', async () => {
  const stub = await startSlowElevate(20);
  const product = await startProduct(stub, { maxConcurrency: 4 });
  const ids = Array.from({ length: 160 }, (_, index) => `elevate:${index + 1}`);
  const much = askFrom('127.0.0.2', product, ids);
  await waitUntil(() => stub.calls.length >= 8);
  const before = stub.calls.length;
  await expect(askFrom('127.0.0.1', product, ['elevate:999'])).resolves.toBe(
    '{"data":{"customersByIds":[{"name":"North 999"}]}}\n',
  );
  const place = stub.calls.indexOf('GET /v1/customers/999');
  expect(place).toBeGreaterThan(0);
  // As many as are under way at one time, and those that end while the operation is read.
  expect(place - before).toBeLessThan(60);
  expect(JSON.parse(await much)).toMatchObject({
    data: { customersByIds: ids.map((id) => ({ name: `North ${id.split(':')[1]}` })) },
  });
  expect(stub.calls).toHaveLength(161);
  await stub.close();
});

const idsOf = (source: string, from: number, count: number) =>
  Array.from({ length: count }, (_, index) => `${source}:${from + index}`);

it('callers in haste do not close a source for others that needs longer than they wait', async () => {
  const stub = await startSlowElevate(1_500);
  const product = await startProduct(stub, { breaker: { minCalls: 5, silenceMs: 200 } });
  for (const first of [1, 101]) {
    const { errors } = await product.query(byId, {
      variables: { ids: idsOf('elevate', first, 12) },
      headers: { 'x-request-timeout-ms': '1000' },
    });
    expect(errors.map(({ extensions }) => extensions['code'])).toEqual(
      Array.from({ length: 12 }, () => 'UPSTREAM_TIMEOUT'),
    );
  }
  const { data } = await product.query(
    '{ customer(id: "elevate:99") { name } sources { name status { state lastErrorCode } } }',
  );
  expect(data['customer']).toEqual({ name: 'North 99' });
  expect(data['sources']).toContainEqual({
    name: 'elevate',
    status: { state: 'AVAILABLE', lastErrorCode: null },
  });
  await stub.close();
});

it('operations that need a silent source are answered in part once it is noticed, and it is called no more', async () => {
  const stub = await startSilentStub((response, count) => {
    if (stub.calls[count - 1]?.startsWith('GET /cro/') !== true) return;
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ id: 7, name: 'South 7' }));
  });
  const settings = { breaker: { silenceMs: 300, openMs: 60_000 } };
  const product = await startProduct(stub, settings, { requestTimeoutMs: 5_000 });
  const query = `query ($ids: [ID!]!) {
    silent: customersByIds(ids: $ids) { name }
    other: customer(id: "cro:7") { name }
  }`;
  const countCodes = ({ errors }: QueryResult, code: string) =>
    errors.filter(({ extensions }) => extensions['code'] === code).length;
  const first = await product.query(query, { variables: { ids: idsOf('elevate', 1, 60) } });
  expect(first.data).toEqual({ silent: Array.from({ length: 60 }, () => null), other: { name: 'South 7' } });
  expect(countCodes(first, 'UPSTREAM_UNAVAILABLE')).toBe(44);
  expect(countCodes(first, 'UPSTREAM_TIMEOUT')).toBe(16);
  const second = await product.query(query, { variables: { ids: idsOf('elevate', 101, 60) } });
  expect(second.data['other']).toEqual({ name: 'South 7' });
  expect(countCodes(second, 'UPSTREAM_UNAVAILABLE')).toBe(60);
  expect(stub.calls.filter((call) => call.startsWith('GET /v1/'))).toHaveLength(16);
});
