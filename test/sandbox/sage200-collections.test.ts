import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createWorld } from '../../src/sandbox/world/index.ts';
import { startSite, type TestSite } from './support/sage200-site.ts';

const world = createWorld(1);
let site: TestSite;

beforeAll(async () => {
  site = await startSite(world);
});

afterAll(async () => {
  await site.close();
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
    const rows = await site.list(`/${String(name)}`);
    expect(rows).toHaveLength(Number(count));
    const id = String(rows[0]?.['id']);
    expect((await site.get(`/${String(name)}/${id}`)).body).toEqual(rows[0]);
  });

  it.each([
    'account_status_types',
    'exchange_rate_types',
    'trader_account_types',
    'trader_payment_terms',
    'head_office_types',
  ])('%s name all values in use', async (name) => {
    const property = {
      trader_account_types: 'account_type',
      trader_payment_terms: 'payment_terms_basis',
      head_office_types: 'office_type',
    };
    const used = new Map(Object.entries(property)).get(name) ?? name.replace(/s$/, '');
    const known = (await site.list(`/${name}`)).map(({ value }) => value);
    for (const customer of await site.list(`/customers?$select=${used}`))
      expect(known).toContain(customer[used]);
  });

  it.each([
    'customer_contacts',
    'customer_delivery_addresses',
    'customer_alerts',
    'customer_memos',
    'customer_cards',
  ])('%s are found below a customer and by customer', async (name) => {
    const below = await site.list(`/customers/1/${name}`);
    expect(below.length).toBeGreaterThan(0);
    expect(await site.list(`/${name}?$filter=customer_id eq 1`)).toEqual(below);
    expect((await site.get(`/customers/1/${name}/${String(below[0]?.['id'])}`)).body).toEqual(below[0]);
    expect(await site.get(`/customers/2/${name}/${String(below[0]?.['id'])}`)).toMatchObject({
      status: 404,
      text: '',
    });
    const both = await site.list(`/${name}?$filter=customer_id eq 1 or customer_id eq 2&$select=customer_id`);
    expect(both.length).toBeGreaterThanOrEqual(below.length);
  });

  it('lead from a number or an address back to its contact', async () => {
    const [email] = await site.list(
      '/customer_emails?$filter=customer_contact_id eq 10&$expand=customer_contact',
    );
    expect(email).toMatchObject({
      customer_contact: { id: 10, customer_id: 1, default_email: email?.['email'] },
    });
    for (const name of ['telephones', 'mobiles', 'faxes', 'websites', 'contact_roles']) {
      expect((await site.list(`/customer_${name}?$filter=customer_contact_id eq 10`)).length).toBeGreaterThan(
        0,
      );
    }
  });

  it('customer 1 has two delivery addresses', async () => {
    const [first, second] = await site.list(
      '/customers/1/customer_delivery_addresses?$expand=tax_code,country_code',
    );
    expect(first).toMatchObject({
      is_default: true,
      tax_code: { code: 1 },
      country_code: { code: 'GB' },
      customer: {},
    });
    expect(second).toMatchObject({ is_default: false });
  });
});

describe('older sites', () => {
  it('do not know what came later', async () => {
    const older = await startSite(world, { olderSite: true });
    const { body } = await older.get('/customers/1');
    for (const name of [
      'alerts',
      'memos',
      'cards',
      'limited_price_bands',
      'status',
      'spare_text_1',
      'spare_number_10',
      'spare_bool_5',
    ]) {
      expect(body).not.toHaveProperty(name);
      expect(await older.get(`/customers/1?$select=${name}`)).toMatchObject({ status: 400 });
      expect(await older.get(`/customers?$expand=${name}`)).toMatchObject({ status: 400 });
    }
    expect(await older.get('/customers/1?$expand=contacts,main_address')).toMatchObject({ status: 200 });
    expect(await older.get('/customer_memos')).toMatchObject({ status: 404 });
    await older.close();
  });

  it('may refuse or in a filter', async () => {
    const strict = await startSite(world, { refuseOrFilters: true });
    expect(await strict.get('/customers?$filter=id eq 1 or id eq 2')).toMatchObject({ status: 400 });
    expect(await strict.get("/customers?$filter=id eq 1 and name ne 'a or b'")).toMatchObject({
      status: 200,
    });
    await strict.close();
  });
});
