import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startSandbox } from '../../src/sandbox/index.ts';
import { createWorld, customersOf, spellings } from '../../src/sandbox/world/index.ts';
import { ask, idsOf, readObject, readRows } from './support/ask.ts';
import { basePath, everything, allHeaders, startSite, type TestSite } from './support/sage200-site.ts';

const world = createWorld(1);
let site: TestSite;

function omit(name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(allHeaders).filter(([key]) => key !== name));
}

async function refresh(token: string): Promise<Record<string, unknown>> {
  const client = { grant_type: 'refresh_token', client_id: 'client', client_secret: 'secret' };
  const response = await fetch(`${site.url}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({ ...client, refresh_token: token }),
  });
  return { status: response.status, ...readObject(JSON.parse(await response.text())) };
}

beforeAll(async () => {
  site = await startSite(world);
});

afterAll(async () => {
  await site.close();
});

describe('access', () => {
  it('is refused with an empty body without the right token, site and company', async () => {
    for (const name of ['authorization', 'x-site', 'x-company']) {
      expect(await site.get('/customers/1', omit(name))).toMatchObject({ status: 401, text: '' });
      expect(await site.get('/customers/1', { ...allHeaders, [name]: 'Bearer other' })).toMatchObject({
        status: 401,
        text: '',
      });
    }
  });

  it('is refused by the gateway, with a message, without the subscription key', async () => {
    const refusal = (word: string) => ({
      status: 401,
      body: { statusCode: 401, message: expect.stringContaining(word) },
    });
    expect(await site.get('/customers/1', omit('ocp-apim-subscription-key'))).toMatchObject(
      refusal('missing'),
    );
    expect(await site.get('/customers/1', { ...allHeaders, 'ocp-apim-subscription-key': 'x' })).toMatchObject(
      refusal('invalid'),
    );
  });

  it('needs no site and company to list the sites', async () => {
    const { 'x-site': siteId, 'x-company': company, ...headers } = allHeaders;
    const { status, body } = await site.get('/sites', headers);
    expect(status).toBe(200);
    expect(body).toMatchObject([{ site_id: siteId, company_id: Number(company) }]);
    expect(await site.get('/sites', omit('authorization'))).toMatchObject({ status: 401, text: '' });
  });

  it('is given by rotating refresh tokens', async () => {
    const first = await refresh('sandbox-refresh-1');
    expect(first).toMatchObject({ status: 200, token_type: 'Bearer', expires_in: expect.any(Number) });
    const authorization = `Bearer ${String(first['access_token'])}`;
    expect(await site.get('/customers/1', { ...allHeaders, authorization })).toMatchObject({ status: 200 });
    expect(await refresh('sandbox-refresh-1')).toEqual({ status: 400, error: 'invalid_grant' });
    const second = await refresh(String(first['refresh_token']));
    expect(second).toMatchObject({ status: 200 });
    expect(second['refresh_token']).not.toBe(first['refresh_token']);
    expect(second['access_token']).not.toBe(first['access_token']);
    expect(await refresh('')).toEqual({ status: 400, error: 'invalid_request' });
  });

  it('is for reading what there is', async () => {
    expect(await site.get('/invoices')).toMatchObject({
      status: 404,
      body: { statusCode: 404, message: 'Resource not found' },
    });
    expect(await site.get('/head_office_types/1')).toMatchObject({
      status: 404,
      body: { message: 'Resource not found' },
    });
    expect(await ask(`${site.url}${basePath}/customers`, allHeaders, 'POST')).toMatchObject({
      status: 405,
      body: { statusCode: 405 },
    });
    expect(await ask(`${site.url}${basePath}/customers`, {}, 'POST')).toMatchObject({ status: 401 });
  });
});

describe('one customer', () => {
  it('has everything filled in as customer 1', async () => {
    const { status, body } = await site.get(`/customers/1?$expand=${everything}`);
    expect(status).toBe(200);
    const customer = readObject(body);
    const [member] = customersOf(world, 'sage200');
    expect(customer).toMatchObject({
      id: 1,
      name: member && spellings(member.party).sage200,
      associated_head_office_id: 7,
    });
    const isUnfilled = (value: unknown) =>
      value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0);
    expect(Object.keys(customer).filter((key) => isUnfilled(customer[key]))).toEqual([]);
    expect(readObject(customer['associated_head_office'])).toMatchObject({
      id: 7,
      is_head_office_with_branches: true,
      contacts: [],
    });
    expect(readRows(customer['contacts'])[0]).toMatchObject({
      is_default: true,
      ...{
        salutation: { code: expect.any(String) },
        emails: [{ is_default: true, customer_contact: {} }, {}],
      },
      ...{
        telephones: expect.any(Array),
        mobiles: [{}],
        faxes: [{}],
        websites: [{}],
        roles: expect.any(Array),
      },
    });
  });

  it('has its linked records empty unless they are expanded', async () => {
    const { body } = await site.get('/customers/1?$expand=contacts');
    expect(body).toMatchObject({
      main_address: {},
      currency: {},
      status: {},
      alerts: [],
      memos: [],
      currency_id: 1,
    });
    expect(readRows(readObject(body)['contacts']).length).toBeGreaterThanOrEqual(2);
  });

  it('keeps the scale and the digits of decimals', async () => {
    const { text } = await site.get('/customers/1?$select=balance,credit_limit,spare_number_1');
    expect(text).toBe('{"balance":4321.10,"credit_limit":12500.50,"spare_number_1":12345678901234.56789}');
    expect((await site.get('/customers?$filter=balance eq 0&$top=1&$select=balance')).text).toBe(
      '[{"balance":0.0}]',
    );
  });

  it('may not be there', async () => {
    expect(await site.get('/customers/501')).toMatchObject({ status: 404, text: '' });
    expect(await site.get('/customers/0')).toMatchObject({ status: 404, text: '' });
    expect(await site.get('/customers/501/customer_contacts')).toMatchObject({ status: 404, text: '' });
  });

  it.each([
    ['/customers/abc', 'abc'],
    ['/customers/1.5', '1.5'],
    ['/customers/1?$top=1', '$top'],
    ['/customers/1?$filter=id eq 1', '$filter'],
    ['/customers/1?$select=colour', "'colour'"],
    ['/customers/1?$expand=colour', "'colour'"],
    ['/customers/1?$expand=name', "'name'"],
  ])('refuses %s', async (path, message) => {
    expect(await site.get(path)).toMatchObject({
      status: 400,
      body: { statusCode: 400, message: expect.stringContaining(message) },
    });
  });
});

describe('lists of customers', () => {
  it('are pages of 500 by default', async () => {
    expect(idsOf(await site.list('/customers?$select=id'))).toHaveLength(500);
    expect(idsOf(await site.list('/customers?$select=id&$orderby=id desc&$top=2&$skip=1'))).toEqual([
      499, 498,
    ]);
    expect(await site.list('/customers?$top=0')).toEqual([]);
  });

  it('are found by many ids in one call', async () => {
    const filter = (count: number) =>
      Array.from({ length: count }, (_, index) => `id eq ${index * 3 + 2}`).join(' or ');
    expect(idsOf(await site.list(`/customers?$filter=${encodeURIComponent(filter(25))}`))).toHaveLength(25);
    const refusal = await site.get(`/customers?$filter=${encodeURIComponent(filter(26))}`);
    expect(refusal).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining('node count limit') },
    });
  });

  it('select and expand', async () => {
    const [first] = await site.list(
      '/customers?$top=1&$orderby=id&$select=id,main_address.city&$expand=main_address',
    );
    expect(first).toEqual({ id: 1, main_address: { city: expect.any(String) } });
  });

  it('count', async () => {
    expect(await site.get('/customers?$count=true')).toMatchObject({ status: 200, text: '500' });
    const count = Number((await site.get('/customers?$count=true&$filter=on_hold eq true')).text);
    expect(count).toBeGreaterThan(20);
    expect(count).toBeLessThan(70);
  });

  it('describe their properties', async () => {
    expect((await site.list('/customers?$metadata=true')).length).toBe(132);
    expect((await site.list('/customers?$metadata=false')).length).toBe(132 - 22);
    expect(await site.list('/customers/1?$metadata=true')).toContainEqual(
      expect.objectContaining({ name: 'balance', type: 'decimal' }),
    );
  });

  it('know the branches of a head office', async () => {
    const branches = await site.list('/customers?$filter=associated_head_office_id eq 7');
    expect(branches.length).toBeGreaterThan(1);
    expect(branches[0]).toMatchObject({ id: 1, office_type: 'OfficeTypeBranch' });
    const all = await site.list(
      '/customers?$filter=associated_head_office_id ne null&$expand=associated_head_office',
    );
    expect(all).toHaveLength(50);
    for (const { associated_head_office: office } of all) {
      expect(office).toMatchObject({ is_head_office_with_branches: true, associated_head_office_id: null });
    }
  });

  it.each([
    ['$top=-1', '$top'],
    ['$top=5001', '$top'],
    ['$skip=1', '$orderby'],
    ['$filter=colour eq 1', "'colour'"],
    ['$orderby=colour', "'colour'"],
    ['$filter=date_time_updated gt 2020-01-01T00:00:00', 'end in Z'],
    ['$format=xml', '$format'],
  ])('refuse %s', async (query, message) => {
    expect(await site.get(`/customers?${query}`)).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining(message) },
    });
  });

  it('have a flat view with the names of what they refer to', async () => {
    const [view] = await site.list('/customer_views?$filter=id eq 1');
    expect(view).toMatchObject({
      id: 1,
      currency_iso_code: 'GBP',
      country_code: 'GB',
      contact_name: expect.any(String),
    });
    expect(Object.keys(view ?? {})).toHaveLength(127);
    expect(await site.get('/customer_views/1')).toMatchObject({ status: 404 });
    expect(await site.get('/customer_views?$expand=contacts')).toMatchObject({ status: 400 });
  });
});

describe('the server', () => {
  it('answers its example over HTTP', async () => {
    const sandbox = await startSandbox({ ports: 'free', providers: ['sage200'] });
    const [api] = sandbox.apis;
    const answer = await ask(`${api?.url ?? ''}${api?.example?.path ?? ''}`, { ...api?.example?.headers });
    const outside = await ask(api?.url ?? '');
    await sandbox.close();
    expect(answer).toMatchObject({
      status: 200,
      body: { id: 1, main_address: { country: 'Great Britain' } },
    });
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(outside).toMatchObject({
      status: 200,
      body: { endpoints: expect.arrayContaining([`${basePath}/customers`]) },
    });
    expect(sandbox.sources['sage200']).toMatchObject({ baseUrl: `${api?.url ?? ''}${basePath}`, company: 1 });
  });
});
