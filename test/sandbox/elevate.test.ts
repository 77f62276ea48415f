import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { ask, idsOf, readObject, readRows, type Answer } from './support/ask.ts';

const authorization = { authorization: 'Bearer sandbox.elevate.token' };

let sandbox: Sandbox;
let url = '';

beforeAll(async () => {
  sandbox = await startSandbox({ ports: 'free', providers: ['elevate'] });
  url = sandbox.apis[0]?.url ?? '';
});

afterAll(async () => {
  await sandbox.close();
});

function get(path: string): Promise<Answer> {
  return ask(`${url}/v1${path}`, authorization);
}

async function list(path: string): Promise<Record<string, unknown>[]> {
  const answer = await get(path);
  expect(answer).toMatchObject({ status: 200 });
  return readRows(answer.body);
}

describe('simulated Elevate API', () => {
  it('answers a customer with its sites and contacts', async () => {
    const { status, body } = await get('/customers/1');
    expect(status).toBe(200);
    const customer = readObject(body);
    expect(customer).toMatchObject({
      id: 1,
      customerType: 'BUSINESS',
      contractOwnerId: expect.any(Number),
      tripwireId: expect.any(Number),
    });
    const sites = readRows(customer['sites']);
    expect(sites.length).toBeGreaterThanOrEqual(2);
    expect(readRows(customer['customerContacts']).length).toBeGreaterThanOrEqual(2);
    expect(idsOf(sites)).toContain(sites.at(-1)?.['siteIdReceivingInvoice']);
  });

  it('refuses calls without the token, and knows none without it', async () => {
    expect(await ask(`${url}/v1/customers/1`)).toMatchObject({
      status: 401,
      body: { message: expect.any(String) },
    });
    expect(await ask(`${url}/v1/customers/1`, { authorization: 'Bearer other' })).toMatchObject({
      status: 401,
    });
    expect(await ask(`${url}/v1/nothing`, authorization)).toMatchObject({
      status: 404,
      body: { message: expect.any(String) },
    });
  });

  it.each([
    '/customers/0',
    '/customers/-1',
    '/customers/1.5',
    '/customers/abc',
    '/customers/1?fields=id',
    '/customers/%zz',
  ])('answers 400 to %s', async (path) => {
    expect(await get(path)).toMatchObject({ status: 400, body: { message: expect.any(String) } });
  });

  it.each([
    '/customers/501',
    '/sites/99999',
    '/contract-owners/4',
    '/tripwire-plans/1',
    '/commission-agents/1',
  ])('answers 404 to %s', async (path) => {
    expect(await get(path)).toMatchObject({ status: 404 });
  });

  it.each([
    '/customers',
    '/customers?page=1',
    '/customers?page=0&pageSize=10',
    '/customers?page=1&pageSize=1001',
    '/customers?page=1&page=2&pageSize=10',
    '/customers?page=1&pageSize=10&id=1',
    '/customers?page=1&pageSize=10&sort=nothing',
    '/customers?page=1&pageSize=10&sort=id:up',
    '/customers?page=1&pageSize=10&fields=nothing',
    '/customers?page=1&pageSize=10&startDate=yesterday',
    '/customers?page=1&pageSize=10&createdDate=gtn:2020-01-01T00:00:00Z',
    '/customers?page=1&pageSize=10&billingCycleId=in:1,2',
    '/customers?page=1&pageSize=10&customerName=in:',
  ])('refuses the list request %s', async (path) => {
    expect(await get(path)).toMatchObject({ status: 400, body: { message: expect.any(String) } });
  });

  it('pages through 500 customers, without sites and contacts', async () => {
    const pages = await Promise.all([1, 2, 3].map((page) => list(`/customers?page=${page}&pageSize=200`)));
    expect(pages.map((rows) => rows.length)).toEqual([200, 200, 100]);
    expect(idsOf(pages.flat())).toEqual(Array.from({ length: 500 }, (_, index) => index + 1));
    expect(pages.flat().filter((row) => 'sites' in row || 'customerContacts' in row)).toEqual([]);
    expect(await list('/customers?page=4&pageSize=200')).toEqual([]);
  });

  it('sorts and selects properties', async () => {
    const rows = await list(
      '/customers?page=1&pageSize=500&sort=contractOwnerId,customerName:desc&fields=contractOwnerId,customerName',
    );
    expect(Object.keys(rows[0] ?? {})).toEqual(['contractOwnerId', 'customerName']);
    const keys = rows.map(({ contractOwnerId }) => Number(contractOwnerId));
    expect(keys).toEqual(keys.toSorted((a, b) => a - b));
    const names = rows
      .filter(({ contractOwnerId }) => contractOwnerId === 1)
      .map(({ customerName }) => String(customerName));
    expect(names).toEqual(names.toSorted((a, b) => (a < b ? 1 : -1)));
  });

  it('filters by text, id and time', async () => {
    const query = '/customers?page=1&pageSize=1000&';
    const all = await list('/customers?page=1&pageSize=1000');
    const expectSame = async (
      filter: string,
      test: (row: Record<string, unknown>) => boolean,
    ): Promise<void> => {
      const wanted = all.filter(test);
      expect(wanted.length).toBeGreaterThan(0);
      expect(idsOf(await list(query + filter))).toEqual(idsOf(wanted));
    };
    await expectSame('customerAccountNumber=in:EL100007,EL100014', ({ id }) => id === 1 || id === 2);
    await expectSame('customerName=like:hArBoUr', ({ customerName }) =>
      String(customerName).includes('Harbour'),
    );
    await expectSame('customerType=RESIDENTIAL', ({ customerType }) => customerType === 'RESIDENTIAL');
    await expectSame('billingCycleId=3', ({ billingCycleId }) => billingCycleId === 3);
    await expectSame('startDate=lt:2012-01-01', ({ startDate }) => String(startDate) < '2012-01-01');
    await expectSame(
      'endDate=gt:2025-01-01',
      ({ endDate }) => typeof endDate === 'string' && endDate > '2025-01-01',
    );
    await expectSame(
      'endDate=gtn:2025-01-01',
      ({ endDate }) => endDate === null || (typeof endDate === 'string' && endDate > '2025-01-01'),
    );
    await expectSame(
      'updatedDate=gt:2026-01-01T00:00:00Z',
      ({ updatedDate }) => String(updatedDate) > '2026-01-01T00:00:00Z',
    );
  });

  it('lists the sites of a customer as they are within it', async () => {
    const customer = readObject((await get('/customers/1')).body);
    const sites = await list('/sites?page=1&pageSize=100&customerId=1');
    expect(sites).toEqual(customer['sites']);
    expect((await get(`/sites/${String(sites[1]?.['id'])}`)).body).toEqual(sites[1]);
    const created = await list(
      '/sites?page=1&pageSize=1000&mandateStatus=PENDING&mandateCreatedDate=gt:2020-01-01',
    );
    expect(created.length).toBeGreaterThan(0);
    expect(created[0]).toMatchObject({ siteInvoiceDetails: { mandateStatus: 'PENDING' } });
  });

  it('answers what the ids of customers lead to', async () => {
    for (const path of ['/contract-owners', '/contract-owner-sub-brands', '/billing-cycles']) {
      const rows = await list(`${path}?page=1&pageSize=1000`);
      expect((await get(`${path}/${String(rows[0]?.['id'])}`)).body).toEqual(rows[0]);
    }
    expect(idsOf(await list('/tripwire-plans?page=1&pageSize=10'))).toEqual([1, 2, 3, 4]);
    expect(idsOf(await list('/commission-agents?page=1&pageSize=10&type=EXTERNAL'))).toEqual([3, 4, 5, 6]);
    expect(idsOf(await list('/contract-owner-sub-brands?page=1&pageSize=10&contractOwnerId=2'))).toEqual([
      3, 4,
    ]);
    expect(await get('/contract-owner-sub-brands?page=1&pageSize=10&contractOwnerId=x')).toMatchObject({
      status: 400,
    });
  });

  it('has HEAD for sites only, and nothing that writes', async () => {
    expect((await ask(`${url}/v1/sites?customerId=1`, authorization, 'HEAD')).status).toBe(200);
    expect((await ask(`${url}/v1/sites?customerId=9999`, authorization, 'HEAD')).status).toBe(404);
    expect((await ask(`${url}/v1/customers`, authorization, 'HEAD')).status).toBe(404);
    expect(await ask(`${url}/v1/customers`, authorization, 'POST')).toMatchObject({
      status: 405,
      body: { message: expect.any(String) },
    });
  });

  it('describes itself at its root and returns the request id', async () => {
    const answer = await ask(url, { 'x-request-id': 'abc-1' });
    expect(answer).toMatchObject({
      status: 200,
      body: { endpoints: expect.arrayContaining(['/v1/customers/1']) },
    });
    expect(answer.headers.get('x-request-id')).toBe('abc-1');
  });
});
