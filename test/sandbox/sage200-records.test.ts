import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { createWorld } from '../../src/sandbox/world/index.ts';
import { readObject } from './support/ask.ts';
import { everything, startSite, type TestSite } from './support/sage200-site.ts';

const world = createWorld(1);
let site: TestSite;

beforeAll(async () => {
  site = await startSite(world);
});

afterAll(async () => {
  await site.close();
});

/** Null, an empty record and an absent one are the same to a client. */
function dropEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(dropEmpty);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).map(([key, inner]) => [key, dropEmpty(inner)] as const);
  return Object.fromEntries(
    kept.filter(
      ([, inner]) => inner !== null && !(typeof inner === 'object' && Object.keys(inner ?? {}).length === 0),
    ),
  );
}

describe('records', () => {
  const isMoment = (text: string) =>
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(text) && !Number.isNaN(Date.parse(text));

  /** Finds what is wrong with records by the shape of that name, properties left out included. */
  async function createInspector(): Promise<(shape: string, rows: readonly unknown[]) => unknown[]> {
    const text = await readFile(new URL('../../schema/rest/sage200.json', import.meta.url), 'utf8');
    const schema = readObject(JSON.parse(text));
    const ajv = new Ajv2020({ strict: false, logger: false });
    ajv.addFormat('date-time', isMoment);
    return (shape, rows) => {
      const validate = ajv.compile({ ...schema, $ref: `#/$defs/${shape}` });
      const properties = Object.keys(
        readObject(readObject(readObject(schema['$defs'])[shape])['properties']),
      );
      return rows.flatMap((row) => {
        const sent = readObject(row);
        const missing = properties.filter((name) => !(name in sent));
        return validate(dropEmpty(row)) ? missing : [...missing, validate.errors];
      });
    };
  }

  it('are what the schema of Sage 200 says', async () => {
    const findFaults = await createInspector();
    const customers = await site.list(`/customers?$expand=${everything}`);
    const read = (name: string) =>
      customers.map((customer) => customer[name]).filter((value) => value !== null);
    expect(findFaults('Customer', customers)).toEqual([]);
    expect(findFaults('Address', read('main_address'))).toEqual([]);
    expect(findFaults('CreditMemoNote', read('credit_memo_note'))).toEqual([]);
    expect(findFaults('LiveStatus', read('status'))).toEqual([]);
    expect(findFaults('NominalCode', read('default_nominal_code'))).toEqual([]);
  });

  it.each([
    ['Alert', '/customer_alerts'],
    ['Card', '/customer_cards'],
    ['Memo', '/customer_memos'],
    ['LimitedPriceBand', '/customer_price_bands?$expand=price_band'],
    ['Contact', '/customer_contacts?$top=5000'],
    ['ContactEmail', '/customer_emails?$expand=customer_contact'],
    ['ContactTelephone', '/customer_telephones'],
    ['ContactMobile', '/customer_mobiles'],
    ['ContactFax', '/customer_faxes'],
    ['ContactWebsite', '/customer_websites'],
    ['ContactRole', '/customer_contact_roles'],
    ['DeliveryAddress', '/customer_delivery_addresses?$expand=address_country_code,tax_code,country_code'],
    ['CountryCode', '/country_codes?$expand=tax_mask'],
    ['Currency', '/currencies?$expand=currency_iso_code'],
    ['CurrencyIsoCode', '/currency_iso_codes'],
    ['TaxCode', '/tax_codes'],
    ['PriceBand', '/price_bands'],
    ['NominalCode', '/nominal_codes'],
    ['DocumentLayout', '/document_layouts'],
    ['TraderContactRole', '/trader_contact_roles'],
  ])('are what the schema says of %s', async (shape, path) => {
    const findFaults = await createInspector();
    expect(findFaults(shape, await site.list(path))).toEqual([]);
  });

  it('keep to the lengths that the API declares', async () => {
    const names = new Set<unknown>();
    for (const customer of await site.list('/customers?$expand=main_address')) {
      names.add(customer['reference']);
      expect(String(customer['name']).length).toBeLessThanOrEqual(60);
      expect(String(customer['reference'])).toMatch(/^[A-Z0-9]{4,8}$/);
      expect(String(readObject(customer['main_address'])['postcode']).length).toBeLessThanOrEqual(10);
    }
    expect(names.size).toBe(500);
  });

  it('are the same for the same seed, whatever was asked before', async () => {
    const path = `/customers/400?$expand=${everything}`;
    await site.list('/customers?$top=5000&$expand=contacts');
    const { text } = await site.get(path);
    const [again, other] = [await startSite(createWorld(1)), await startSite(createWorld(2))];
    expect((await again.get(path)).text).toBe(text);
    expect((await other.get(path)).text).not.toBe(text);
    await again.close();
    await other.close();
  });
});
