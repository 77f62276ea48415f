import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { FastifyInstance } from 'fastify';
import { startSandbox } from '../../src/sandbox/index.ts';
import { createSage200App, sandboxApi } from '../../src/sandbox/providers/sage200.ts';
import { createWorld, customersOf, spellings } from '../../src/sandbox/world.ts';
import { ask, idsOf, readObject, readRows } from './ask.ts';

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly body: unknown;
}

const BASE_PATH = '/uk/sage200extra/accounts/v1';
const HEADERS: Readonly<Record<string, string>> = { ...sandboxApi.example?.headers };
const EVERYTHING = [
  ...['associated_head_office', 'country_code', 'credit_bureau', 'credit_memo_note', 'credit_position', 'currency'],
  ...['customer_discount_group', 'default_nominal_code', 'default_tax_code', 'finance_charge', 'main_address', 'order_value_discount'],
  ...['price_band', 'sales_credit_note_layout', 'sales_invoice_layout', 'statement_layout', 'status'],
  ...['alerts', 'cards', 'contacts', 'limited_price_bands', 'memos'],
].join(',');

const world = createWorld(1);
const app = createSage200App(world);

async function get(path: string, headers = HEADERS, site: FastifyInstance = app): Promise<Answer> {
  const { statusCode, body } = await site.inject({ url: BASE_PATH + path, headers });
  return { status: statusCode, text: body, body: body === '' ? undefined : JSON.parse(body) };
}

async function list(path: string): Promise<Record<string, unknown>[]> {
  const { status, body } = await get(path);
  expect(status).toBe(200);
  return readRows(body);
}

function omit(name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(HEADERS).filter(([key]) => key !== name));
}

/** Null, an empty record and an absent one are the same to a client. */
function dropEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(dropEmpty);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).map(([key, inner]) => [key, dropEmpty(inner)] as const);
  return Object.fromEntries(
    kept.filter(([, inner]) => inner !== null && !(typeof inner === 'object' && Object.keys(inner ?? {}).length === 0)),
  );
}

describe('access', () => {
  it('is refused with an empty body without the right token, site and company', async () => {
    for (const name of ['authorization', 'x-site', 'x-company']) {
      expect(await get('/customers/1', omit(name))).toMatchObject({ status: 401, text: '' });
      expect(await get('/customers/1', { ...HEADERS, [name]: 'Bearer other' })).toMatchObject({ status: 401, text: '' });
    }
  });

  it('is refused by the gateway, with a message, without the subscription key', async () => {
    const refusal = (word: string) => ({ status: 401, body: { statusCode: 401, message: expect.stringContaining(word) } });
    expect(await get('/customers/1', omit('ocp-apim-subscription-key'))).toMatchObject(refusal('missing'));
    expect(await get('/customers/1', { ...HEADERS, 'ocp-apim-subscription-key': 'x' })).toMatchObject(refusal('invalid'));
  });

  it('needs no site and company to list the sites', async () => {
    const { 'x-site': site, 'x-company': company, ...headers } = HEADERS;
    const { status, body } = await get('/sites', headers);
    expect(status).toBe(200);
    expect(body).toMatchObject([{ site_id: site, company_id: Number(company) }]);
    expect(await get('/sites', omit('authorization'))).toMatchObject({ status: 401, text: '' });
  });

  it('is given by rotating refresh tokens', async () => {
    const site = createSage200App(world);
    const refresh = async (token: string) => {
      const client = { grant_type: 'refresh_token', client_id: 'client', client_secret: 'secret' };
      const payload = new URLSearchParams({ ...client, refresh_token: token }).toString();
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      const { statusCode, body } = await site.inject({ method: 'POST', url: '/oauth/token', payload, headers });
      return { statusCode, ...readObject(JSON.parse(body)) };
    };
    const first: Record<string, unknown> = await refresh('sandbox-refresh-1');
    expect(first).toMatchObject({ statusCode: 200, token_type: 'Bearer', expires_in: expect.any(Number) });
    const authorization = `Bearer ${String(first['access_token'])}`;
    expect(await get('/customers/1', { ...HEADERS, authorization }, site)).toMatchObject({ status: 200 });
    expect(await get('/customers/1', { ...HEADERS, authorization })).toMatchObject({ status: 401 });
    expect(await refresh('sandbox-refresh-1')).toEqual({ statusCode: 400, error: 'invalid_grant' });
    const second: Record<string, unknown> = await refresh(String(first['refresh_token']));
    expect(second).toMatchObject({ statusCode: 200 });
    expect(second['refresh_token']).not.toBe(first['refresh_token']);
    expect(second['access_token']).not.toBe(first['access_token']);
  });

  it('is for reading what there is', async () => {
    expect(await get('/invoices')).toMatchObject({ status: 404, body: { statusCode: 404, message: 'Resource not found' } });
    expect(await get('/head_office_types/1')).toMatchObject({ status: 404, body: { message: 'Resource not found' } });
    const { statusCode } = await app.inject({ method: 'POST', url: `${BASE_PATH}/customers`, headers: HEADERS, payload: { name: 'New' } });
    expect(statusCode).toBe(405);
  });
});

describe('one customer', () => {
  it('has everything filled in as customer 1', async () => {
    const { status, body } = await get(`/customers/1?$expand=${EVERYTHING}`);
    expect(status).toBe(200);
    const customer = readObject(body);
    const [member] = customersOf(world, 'sage200');
    expect(customer).toMatchObject({ id: 1, name: member && spellings(member.party).sage200, associated_head_office_id: 7 });
    const unfilled = Object.entries(customer).filter(
      ([, value]) => value === null || value === '' || Object.keys(Object(value)).length === 0,
    );
    expect(unfilled.filter(([, value]) => typeof value !== 'number' && typeof value !== 'boolean')).toHaveLength(
      unfilled.filter(([, value]) => typeof value === 'string' && value !== '').length,
    );
    expect(readObject(customer['associated_head_office'])).toMatchObject({ id: 7, is_head_office_with_branches: true, contacts: [] });
    expect(readRows(customer['contacts'])[0]).toMatchObject({
      is_default: true,
      ...{ salutation: { code: expect.any(String) }, emails: [{ is_default: true, customer_contact: {} }, {}] },
      ...{ telephones: expect.any(Array), mobiles: [{}], faxes: [{}], websites: [{}], roles: expect.any(Array) },
    });
  });

  it('has its linked records empty unless they are expanded', async () => {
    const { body } = await get('/customers/1?$expand=contacts');
    expect(body).toMatchObject({ main_address: {}, currency: {}, status: {}, alerts: [], memos: [], currency_id: 1 });
    expect(readRows(readObject(body)['contacts']).length).toBeGreaterThanOrEqual(2);
  });

  it('keeps the scale and the digits of decimals', async () => {
    const { text } = await get('/customers/1?$select=balance,credit_limit,spare_number_1');
    expect(text).toBe('{"balance":4321.10,"credit_limit":12500.50,"spare_number_1":12345678901234.56789}');
    expect((await get('/customers?$filter=balance eq 0&$top=1&$select=balance')).text).toBe('[{"balance":0.0}]');
  });

  it('may not be there', async () => {
    expect(await get('/customers/501')).toMatchObject({ status: 404, text: '' });
    expect(await get('/customers/0')).toMatchObject({ status: 404, text: '' });
    expect(await get('/customers/501/customer_contacts')).toMatchObject({ status: 404, text: '' });
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
    expect(await get(path)).toMatchObject({ status: 400, body: { statusCode: 400, message: expect.stringContaining(message) } });
  });
});

describe('lists of customers', () => {
  it('are pages of 500 by default', async () => {
    expect(idsOf(await list('/customers?$select=id'))).toHaveLength(500);
    expect(idsOf(await list('/customers?$select=id&$orderby=id desc&$top=2&$skip=1'))).toEqual([499, 498]);
    expect(await list('/customers?$top=0')).toEqual([]);
  });

  it('are found by many ids in one call', async () => {
    const filter = (count: number) => Array.from({ length: count }, (_, index) => `id eq ${index * 3 + 2}`).join(' or ');
    expect(idsOf(await list(`/customers?$filter=${encodeURIComponent(filter(25))}`))).toHaveLength(25);
    const refusal = await get(`/customers?$filter=${encodeURIComponent(filter(26))}`);
    expect(refusal).toMatchObject({ status: 400, body: { message: expect.stringContaining('node count limit') } });
  });

  it('select and expand', async () => {
    const [first] = await list('/customers?$top=1&$orderby=id&$select=id,main_address.city&$expand=main_address');
    expect(first).toEqual({ id: 1, main_address: { city: expect.any(String) } });
  });

  it('count', async () => {
    expect(await get('/customers?$count=true')).toMatchObject({ status: 200, text: '500' });
    const count = Number((await get('/customers?$count=true&$filter=on_hold eq true')).text);
    expect(count).toBeGreaterThan(20);
    expect(count).toBeLessThan(70);
  });

  it('describe their properties', async () => {
    expect((await list('/customers?$metadata=true')).length).toBe(132);
    expect((await list('/customers?$metadata=false')).length).toBe(132 - 22);
    expect(await list('/customers/1?$metadata=true')).toContainEqual(expect.objectContaining({ name: 'balance', type: 'decimal' }));
  });

  it('know the branches of a head office', async () => {
    const branches = await list('/customers?$filter=associated_head_office_id eq 7');
    expect(branches.length).toBeGreaterThan(1);
    expect(branches[0]).toMatchObject({ id: 1, office_type: 'OfficeTypeBranch' });
    const all = await list('/customers?$filter=associated_head_office_id ne null&$expand=associated_head_office');
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
    expect(await get(`/customers?${query}`)).toMatchObject({ status: 400, body: { message: expect.stringContaining(message) } });
  });

  it('have a flat view with the names of what they refer to', async () => {
    const [view] = await list('/customer_views?$filter=id eq 1');
    expect(view).toMatchObject({ id: 1, currency_iso_code: 'GBP', country_code: 'GB', contact_name: expect.any(String) });
    expect(Object.keys(view ?? {})).toHaveLength(127);
    expect(await get('/customer_views/1')).toMatchObject({ status: 404 });
    expect(await get('/customer_views?$expand=contacts')).toMatchObject({ status: 400 });
  });
});

describe('related collections', () => {
  it.each([
    ...[
      ['currencies', 8],
      ['country_codes', 30],
      ['tax_codes', 10],
      ['price_bands', 6],
      ['customer_discount_groups', 5],
    ],
    ...[
      ['order_value_discounts', 4],
      ['credit_bureaus', 3],
      ['credit_positions', 5],
      ['finance_charges', 3],
      ['nominal_codes', 60],
    ],
    ...[
      ['document_layouts', 6],
      ['salutations', 8],
      ['trader_contact_roles', 6],
      ['currency_iso_codes', 12],
    ],
  ])('%s', async (name, count) => {
    const rows = await list(`/${String(name)}`);
    expect(rows).toHaveLength(Number(count));
    const id = String(rows[0]?.['id']);
    expect((await get(`/${String(name)}/${id}`)).body).toEqual(rows[0]);
  });

  it.each(['account_status_types', 'exchange_rate_types', 'trader_account_types', 'trader_payment_terms', 'head_office_types'])(
    '%s name all values in use',
    async (name) => {
      const property = {
        trader_account_types: 'account_type',
        trader_payment_terms: 'payment_terms_basis',
        head_office_types: 'office_type',
      };
      const used = new Map(Object.entries(property)).get(name) ?? name.replace(/s$/, '');
      const known = (await list(`/${name}`)).map(({ value }) => value);
      for (const customer of await list(`/customers?$select=${used}`)) expect(known).toContain(customer[used]);
    },
  );

  it.each(['customer_contacts', 'customer_delivery_addresses', 'customer_alerts', 'customer_memos', 'customer_cards'])(
    '%s are found below a customer and by customer',
    async (name) => {
      const below = await list(`/customers/1/${name}`);
      expect(below.length).toBeGreaterThan(0);
      expect(await list(`/${name}?$filter=customer_id eq 1`)).toEqual(below);
      expect((await get(`/customers/1/${name}/${String(below[0]?.['id'])}`)).body).toEqual(below[0]);
      expect(await get(`/customers/2/${name}/${String(below[0]?.['id'])}`)).toMatchObject({ status: 404, text: '' });
      const both = await list(`/${name}?$filter=customer_id eq 1 or customer_id eq 2&$select=customer_id`);
      expect(both.length).toBeGreaterThanOrEqual(below.length);
    },
  );

  it('lead from a number or an address back to its contact', async () => {
    const [email] = await list('/customer_emails?$filter=customer_contact_id eq 10&$expand=customer_contact');
    expect(email).toMatchObject({ customer_contact: { id: 10, customer_id: 1, default_email: email?.['email'] } });
    for (const name of ['telephones', 'mobiles', 'faxes', 'websites', 'contact_roles']) {
      expect((await list(`/customer_${name}?$filter=customer_contact_id eq 10`)).length).toBeGreaterThan(0);
    }
  });

  it('customer 1 has two delivery addresses', async () => {
    const [first, second] = await list('/customers/1/customer_delivery_addresses?$expand=tax_code,country_code');
    expect(first).toMatchObject({ is_default: true, tax_code: { code: 1 }, country_code: { code: 'GB' }, customer: {} });
    expect(second).toMatchObject({ is_default: false });
  });
});

describe('older sites', () => {
  const older = createSage200App(world, { olderSite: true });

  it('do not know what came later', async () => {
    const { body } = await get('/customers/1', HEADERS, older);
    const recent = ['alerts', 'memos', 'cards', 'limited_price_bands', 'status', 'spare_text_1', 'spare_number_10', 'spare_bool_5'];
    for (const name of recent) {
      expect(body).not.toHaveProperty(name);
      expect(await get(`/customers/1?$select=${name}`, HEADERS, older)).toMatchObject({ status: 400 });
      expect(await get(`/customers/1?$expand=${name}`, HEADERS, older)).toMatchObject({ status: 400 });
    }
    expect(await get('/customers/1?$expand=contacts,main_address', HEADERS, older)).toMatchObject({ status: 200 });
    expect(await get('/customer_memos', HEADERS, older)).toMatchObject({ status: 404 });
  });

  it('may refuse or in a filter', async () => {
    const strict = createSage200App(world, { refuseOrFilters: true });
    expect(await get('/customers?$filter=id eq 1 or id eq 2', HEADERS, strict)).toMatchObject({ status: 400 });
    expect(await get("/customers?$filter=id eq 1 and name ne 'a or b'", HEADERS, strict)).toMatchObject({ status: 200 });
  });
});

describe('records', () => {
  const isMoment = (text: string) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(text) && !Number.isNaN(Date.parse(text));

  async function createValidator() {
    const text = await readFile(new URL('../../schema/rest/sage200.json', import.meta.url), 'utf8');
    const schema = readObject(JSON.parse(text));
    const ajv = new Ajv2020({ strict: false, logger: false });
    ajv.addFormat('date-time', isMoment);
    return (shape: string, rows: readonly unknown[]) => {
      const validate = ajv.compile({ ...schema, $ref: `#/$defs/${shape}` });
      const properties = Object.keys(readObject(readObject(readObject(schema['$defs'])[shape])['properties']));
      for (const row of rows) {
        expect(validate(dropEmpty(row)) ? [] : validate.errors).toEqual([]);
        expect(Object.keys(readObject(row))).toEqual(expect.arrayContaining(properties));
      }
    };
  }

  it('are what the schema of Sage 200 says', async () => {
    const check = await createValidator();
    const customers = await list(`/customers?$expand=${EVERYTHING}`);
    check('Customer', customers);
    const parts = ['main_address:Address', 'credit_memo_note:CreditMemoNote', 'status:LiveStatus', 'default_nominal_code:NominalCode'];
    for (const part of parts) {
      const [name = '', shape = ''] = part.split(':');
      check(
        shape,
        customers.map((customer) => customer[name]).filter((value) => value !== null),
      );
    }
    check('Alert', await list('/customer_alerts'));
    check('Card', await list('/customer_cards'));
    check('Memo', await list('/customer_memos'));
    check('LimitedPriceBand', await list('/customer_price_bands'));
    check('Contact', await list('/customer_contacts?$top=5000'));
    check('ContactEmail', await list('/customer_emails'));
    check('ContactTelephone', await list('/customer_telephones'));
    check('DeliveryAddress', await list('/customer_delivery_addresses'));
    check('CountryCode', await list('/country_codes?$expand=tax_mask'));
    check('Currency', await list('/currencies?$expand=currency_iso_code'));
    check('TaxCode', await list('/tax_codes'));
    check('PriceBand', await list('/price_bands'));
    check('TraderContactRole', await list('/trader_contact_roles'));
  });

  it('keep to the lengths that the API declares', async () => {
    const names = new Set<unknown>();
    for (const customer of await list('/customers?$expand=main_address')) {
      names.add(customer['reference']);
      expect(String(customer['name']).length).toBeLessThanOrEqual(60);
      expect(String(customer['reference'])).toMatch(/^[A-Z0-9]{4,8}$/);
      expect(String(readObject(customer['main_address'])['postcode']).length).toBeLessThanOrEqual(10);
    }
    expect(names.size).toBe(500);
  });

  it('are the same for the same seed, whatever was asked before', async () => {
    const path = `/customers/400?$expand=${EVERYTHING}`;
    const again = createSage200App(createWorld(1));
    await get('/customers?$top=5000&$expand=contacts');
    expect((await get(path, HEADERS, again)).text).toBe((await get(path)).text);
    const other = createSage200App(createWorld(2));
    expect((await get(path, HEADERS, other)).text).not.toBe((await get(path)).text);
  });
});

describe('the server', () => {
  it('answers its example over HTTP', async () => {
    const sandbox = await startSandbox({ ports: 'free', providers: ['sage200'] });
    const [api] = sandbox.apis;
    const answer = await ask(`${api?.url ?? ''}${api?.example?.path ?? ''}`, { ...api?.example?.headers });
    const outside = await ask(api?.url ?? '');
    await sandbox.close();
    expect(answer).toMatchObject({ status: 200, body: { id: 1, main_address: { country: 'Great Britain' } } });
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(outside).toMatchObject({ status: 200, body: { endpoints: expect.arrayContaining([`${BASE_PATH}/customers`]) } });
    expect(sandbox.sources['sage200']).toMatchObject({ baseUrl: `${api?.url ?? ''}${BASE_PATH}`, company: 1 });
  });
});
