import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { ask, idsOf, readObject, readRows, type Answer } from './support/ask.ts';

const allHeaders = { authorization: 'bearer sandbox.cro.token', 'x-tenant-id': '42' };
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const localTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/;

let sandbox: Sandbox;
let url = '';

beforeAll(async () => {
  sandbox = await startSandbox({ ports: 'free', providers: ['cro'] });
  url = sandbox.apis[0]?.url ?? '';
});

afterAll(async () => {
  await sandbox.close();
});

function get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
  return ask(url + path, { ...allHeaders, ...headers });
}

async function getEnvelope(
  path: string,
): Promise<{ envelope: Record<string, unknown>; rows: Record<string, unknown>[] }> {
  const answer = await get(path);
  expect(answer).toMatchObject({ status: 200 });
  const envelope = readObject(answer.body);
  return { envelope, rows: readRows(envelope['results']) };
}

async function getAllCustomers(): Promise<Record<string, unknown>[]> {
  const ids = Array.from({ length: 500 }, (_, index) => index + 1);
  return Promise.all(ids.map(async (id) => readObject((await get(`/customers/${id}`)).body)));
}

describe('simulated CRO API', () => {
  it('answers a customer, with and without a slash at the end', async () => {
    const answer = await get('/customers/1');
    expect(answer).toMatchObject({ status: 200, statusText: 'OK' });
    expect(answer.body).toMatchObject({
      id: 1,
      parent_id: expect.any(Number),
      created_on: expect.stringMatching(localTime),
    });
    expect((await get('/customers/1/')).text).toBe(answer.text);
    const { addresses, contacts, locations } = readObject(answer.body);
    for (const part of [addresses, contacts, locations])
      expect(readRows(part).length).toBeGreaterThanOrEqual(2);
  });

  it('returns the request id and the version', async () => {
    const { headers } = await get('/customers/1', {
      'x-request-id': '7f0c8c1e-0000-4000-8000-000000000001',
      'x-api-version': '2023/04/19',
    });
    expect(headers.get('x-request-id')).toBe('7f0c8c1e-0000-4000-8000-000000000001');
    expect(headers.get('x-api-version')).toBe('2023/04/19');
    const { headers: own } = await get('/customers/1');
    expect(own.get('x-request-id')).toMatch(uuid);
    expect(own.get('x-api-version')).toBe('2019/02/08');
  });

  it.each([
    [401, 'RequestHeadersModel.authorization', '/customers/1', { authorization: 'Basic abc' }],
    [
      401,
      'RequestHeadersModel.authorization',
      '/customers/1',
      { authorization: `bearer a.${'b'.repeat(256)}` },
    ],
    [400, 'RequestHeadersModel.x-tenant-id', '/customers/1', { 'x-tenant-id': 'north' }],
    [403, 'RequestHeadersModel.x-tenant-id', '/customers/1', { 'x-tenant-id': '43' }],
    [406, 'RequestHeadersModel.x-api-version', '/customers/1', { 'x-api-version': '2018/01/01' }],
    [400, 'GetCustomerPathParamsModel.customer_id', '/customers/abc', {}],
    [404, 'GetCustomerPathParamsModel.customer_id', '/customers/501', {}],
    [404, 'GetCustomerAddressPathParamsModel.customer_address_id', '/customers/1/addresses/99', {}],
    [404, 'GetUserPathParamsModel.user_id', '/locations/1/users/99', {}],
    [400, 'ListCustomersQueryParamsModel.page_index', '/customers?page_index=10001', {}],
    [400, 'ListCustomersQueryParamsModel.page_limit', '/customers?page_limit=1001', {}],
    [400, 'ListCustomersQueryParamsModel.active', '/customers?active=perhaps', {}],
    [400, 'ListCustomersQueryParamsModel.created_on_gte', '/customers?created_on_gte=2020', {}],
    [400, 'ListCustomersQueryParamsModel.ids', '/customers?ids=1,2', {}],
    [400, 'ListCustomerAddressesPathParamsModel.page_index', '/customers/1/addresses?page_index=1', {}],
    [404, 'Request.path', '/nothing', {}],
    [400, 'Request.path', '/customers/%zz', {}],
  ])('answers %i for %s', async (status, field, path, headers) => {
    const answer = await get(path, headers);
    expect(answer.status).toBe(status);
    expect(answer.statusText).toMatch(new RegExp(`^${field}: .+\\.$`));
    const detail = answer.statusText.slice(field.length + 2);
    expect(answer.body).toEqual({ field: field.split('.')[1], detail, explanation: expect.any(String) });
  });

  it('wants a token and a tenant, the tenant not for the list of tenants', async () => {
    expect((await ask(`${url}/customers/1`)).status).toBe(401);
    expect((await ask(`${url}/customers/1`, { authorization: allHeaders.authorization })).status).toBe(400);
    const tenants = await ask(`${url}/tenants`, { authorization: allHeaders.authorization });
    expect(tenants).toMatchObject({ status: 200, body: { total_count: 1, results: [{ id: 42 }] } });
  });

  it('pages through 500 customers', async () => {
    const pages = await Promise.all(
      [1, 2, 3].map((page) => getEnvelope(`/customers?page_index=${page}&page_limit=200`)),
    );
    expect(pages.map(({ rows }) => rows.length)).toEqual([200, 200, 100]);
    expect(pages[2]?.envelope).toMatchObject({
      current_limit: 200,
      current_page: 3,
      total_count: 500,
      total_pages: 3,
    });
    const rows = pages.flatMap((page) => page.rows);
    expect(idsOf(rows)).toEqual(Array.from({ length: 500 }, (_, index) => index + 1));
    expect(Object.keys(rows[0] ?? {}).toSorted()).toEqual([
      'addresses',
      'created_on',
      'id',
      'last_updated_on',
      'name',
      'parent_id',
    ]);
    expect((await getEnvelope('/customers')).envelope).toMatchObject({
      current_limit: 100,
      current_page: 1,
      total_pages: 5,
    });
    expect((await getEnvelope('/customers?page_index=9')).rows).toEqual([]);
  });

  it('filters customers', async () => {
    const all = await getAllCustomers();
    const parents = new Set(all.map(({ parent_id: parent }) => parent));
    const isActive = (row: Record<string, unknown>): boolean =>
      readRows(row['locations']).some(({ is_active: active }) => active === true);
    const expectSame = async (
      filter: string,
      test: (row: Record<string, unknown>) => boolean,
    ): Promise<void> => {
      const wanted = all.filter(test);
      expect(wanted.length).toBeGreaterThan(0);
      expect(idsOf((await getEnvelope(`/customers?page_limit=1000&${filter}`)).rows)).toEqual(idsOf(wanted));
    };
    await expectSame('active=0', (row) => !isActive(row));
    await expectSame('active=true', isActive);
    await expectSame('is_parent=1', ({ id }) => parents.has(id));
    await expectSame(
      `parent_id=${String(all[0]?.['parent_id'])}`,
      (row) => row['parent_id'] === all[0]?.['parent_id'],
    );
    await expectSame('name=*harb*', ({ name }) => /harb/i.test(String(name)));
    await expectSame('created_on_gte=2024-01-01', (row) => String(row['created_on']) >= '2024');
    await expectSame(
      'last_updated_gte=2026-01-01T00:00:00.5',
      (row) => String(row['last_updated_on']) >= '2026-01-01T00:00:00.500000',
    );
    await expectSame('location_id=3', (row) =>
      readRows(row['locations']).some((location) => location['location_id'] === 3),
    );
    expect((await getEnvelope('/customers?name=harb')).rows).toEqual([]);
  });

  it('holds the irregularities of real records', async () => {
    const all = await getAllCustomers();
    const children = all.filter((row) => row['parent_id'] !== null);
    expect(children.length).toBe(75);
    const byId = new Map(all.map((row) => [row['id'], row]));
    expect(children.every((row) => byId.get(row['parent_id'])?.['parent_id'] === null)).toBe(true);

    const addresses = all.map((row) => readRows(row['addresses']));
    expect(
      addresses.some(
        (list) =>
          list.some((one) => one['is_active'] === true) && list.some((one) => one['is_active'] === false),
      ),
    ).toBe(true);
    expect(addresses.some((list) => list.every((one) => one['is_active'] === false))).toBe(true);

    const emails = all.flatMap((row) => readRows(row['contacts'])).map(({ email }) => String(email));
    expect(emails.some((email) => email.includes(', '))).toBe(true);
    expect(emails.some((email) => email.includes('\n'))).toBe(true);
    expect(emails).toContain('');

    const settings = all.flatMap((row) => readRows(row['locations']));
    const repIds = settings.map((location) => location['sales_rep_id']);
    expect(repIds).toContain(null);
    for (const form of [/^\d+$/, uuid, /^[a-z]+\.[a-z]+$/])
      expect(repIds.some((id) => typeof id === 'string' && form.test(id))).toBe(true);
    expect(settings.map(({ sales_rep: name }) => name)).toContain('');
    expect(Math.max(...all.map(({ name }) => String(name).length))).toBe(64);
  });

  it('answers the parts of a customer', async () => {
    const customer = readObject((await get('/customers/1')).body);
    for (const part of ['addresses', 'contacts']) {
      const { rows } = await getEnvelope(`/customers/1/${part}`);
      expect(rows).toEqual(customer[part]);
      expect((await get(`/customers/1/${part}/${String(rows[1]?.['id'])}`)).body).toEqual(rows[1]);
    }
    const { rows } = await getEnvelope('/customers/1/locations');
    expect(rows).toMatchObject(readRows(customer['locations']));
    const path = `/locations/${String(rows[0]?.['location_id'])}`;
    expect((await get(`${path}/customers/1`)).body).toEqual(rows[0]);
    expect((await get(`/customers/1${path}`)).body).toEqual(rows[0]);
    expect(
      idsOf(
        (await getEnvelope(`/customers?location_id=${String(rows[0]?.['location_id'])}&page_limit=1000`))
          .rows,
      ),
    ).toContain(1);
    expect((await getEnvelope(`${path}/customers?page_limit=1000`)).rows).toContainEqual(rows[0]);
  });

  it('calls the customer of a location `id` since 2021/04/07', async () => {
    expect((await get('/customers/1/locations')).body).toMatchObject({
      results: expect.arrayContaining([expect.objectContaining({ customer_id: 1 })]),
    });
    const newer = readRows(
      readObject((await get('/customers/1/locations', { 'x-api-version': '2021/04/07' })).body)['results'],
    );
    expect(newer[0]).toMatchObject({ id: 1 });
    expect(newer[0]).not.toHaveProperty('customer_id');
  });

  it('answers locations and their users', async () => {
    const { rows } = await getEnvelope('/locations');
    expect(idsOf(rows)).toEqual(Array.from({ length: 12 }, (_, index) => index + 1));
    expect((await get('/locations/3')).body).toEqual(rows[2]);
    const { rows: users } = await getEnvelope('/locations/3/users');
    expect((await get(`/locations/3/users/${String(users[0]?.['id'])}`)).body).toEqual(users[0]);
  });

  it('is read-only and describes itself at its root', async () => {
    expect(await ask(`${url}/customers/1`, allHeaders, 'PATCH')).toMatchObject({
      status: 405,
      body: { detail: expect.any(String) },
    });
    expect(await ask(url)).toMatchObject({
      status: 200,
      body: { endpoints: expect.arrayContaining(['/customers/:customer_id']) },
    });
  });
});
