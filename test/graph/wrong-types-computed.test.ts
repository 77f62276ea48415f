import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startTestProduct, type QueryResult, type TestProduct } from '../support/product.ts';
import { startStubServer, type RecordingServer } from '../support/recording-server.ts';
import { createEntries } from './support/stub-graph.ts';

/* Fields that a function makes of a payload hold the same promise as those that are read straight from it. */

const records = new Map<string, object>();
let stub: RecordingServer;
let product: TestProduct;

beforeAll(async () => {
  stub = await startStubServer(({ pathname }) => {
    const body = records.get(pathname);
    return body === undefined ? { status: 404 } : { body };
  });
  product = await startTestProduct(createEntries(stub.url));
});

beforeEach(() => records.clear());

afterAll(async () => {
  await product.close();
  await stub.close();
});

const pathOf = { elevate: '/v1/customers/1', sage200: '/sage/customers/1', cro: '/cro/customers/1' } as const;
const typeOf = { elevate: 'ElevateCustomer', sage200: 'Sage200Customer', cro: 'CroCustomer' } as const;

type Source = keyof typeof pathOf;

function ask(source: Source, record: object, selection: string): Promise<QueryResult> {
  records.set(pathOf[source], { id: 1, ...record });
  return product.query(
    `{ customer(id: "${source}:1") { nativeId ... on ${typeOf[source]} { ${selection} } } }`,
  );
}

function codesAt({ errors }: QueryResult): unknown[] {
  return errors.map(({ path, extensions }) => [path?.join('.'), extensions['code']]);
}

const canary = 5150;

describe('a text of the wrong type among those that a field is made of is left out and told:', () => {
  it.each<[Source, string, object, string, object, string]>([
    [
      'elevate',
      'references',
      { customerAccountNumber: canary },
      'references',
      { references: [] },
      'references',
    ],
    [
      'elevate',
      'phoneNumbers',
      {
        customerContacts: [{ id: 1, contactTelephoneNumber: canary, contactAlternativeTelephoneNumber: '2' }],
      },
      'customerContacts { phoneNumbers }',
      { customerContacts: [{ phoneNumbers: ['2'] }] },
      'customerContacts.0.phoneNumbers',
    ],
    [
      'elevate',
      'emailAddresses',
      { customerContacts: [{ id: 1, contactEmailAddress: [canary] }] },
      'customerContacts { emailAddresses }',
      { customerContacts: [{ emailAddresses: [] }] },
      'customerContacts.0.emailAddresses',
    ],
    [
      'elevate',
      'lines',
      { sites: [{ id: 2, siteAddress: { id: 3, address1: true, address2: 'Quay' } }] },
      'addresses { lines }',
      { addresses: [{ lines: ['Quay'] }] },
      'addresses.0.lines',
    ],
    ['sage200', 'references', { reference: canary }, 'references', { references: [] }, 'references'],
    [
      'sage200',
      'lines',
      { main_address: { address_1: canary, address_2: 'Quay' } },
      'addresses { lines }',
      { addresses: [{ lines: ['Quay'] }] },
      'addresses.0.lines',
    ],
    [
      'sage200',
      'phoneNumbers',
      { contacts: [{ id: 1, telephones: [{ full_number: canary }, { full_number: '2' }] }] },
      'contacts { phoneNumbers }',
      { contacts: [{ phoneNumbers: ['2'] }] },
      'contacts.0.phoneNumbers',
    ],
    [
      'cro',
      'references',
      { locations: [{ reference_number: canary }, { reference_number: 'A' }] },
      'references',
      { references: ['A'] },
      'references',
    ],
    [
      'cro',
      'phoneNumbers',
      { contacts: [{ number: canary }] },
      'contacts { phoneNumbers }',
      { contacts: [{ phoneNumbers: [] }] },
      'contacts.0.phoneNumbers',
    ],
    [
      'cro',
      'emailAddresses',
      { contacts: [{ email: { a: canary } }] },
      'contacts { emailAddresses }',
      { contacts: [{ emailAddresses: [] }] },
      'contacts.0.emailAddresses',
    ],
    [
      'cro',
      'lines',
      { addresses: [{ line_1: canary, line_2: 'Quay' }] },
      'addresses { lines }',
      { addresses: [{ lines: ['Quay'] }] },
      'addresses.0.lines',
    ],
  ])('%s %s', async (source, _field, record, selection, expected, path) => {
    const result = await ask(source, record, selection);
    expect(result.data['customer']).toEqual({ nativeId: '1', ...expected });
    expect(codesAt(result)).toEqual([[`customer.${path}`, 'UPSTREAM_BAD_RESPONSE']]);
    expect(result.text).not.toContain(String(canary));
  });
});

describe('an object of the wrong type among those that a field is made of is left out and told:', () => {
  it.each<[Source, string, object, string, object, string]>([
    [
      'elevate',
      'contacts',
      { sites: [{ id: 2 }], customerContacts: ['x', { contactName: 'Ada' }] },
      'contacts { name }',
      { contacts: [{ name: 'Ada' }] },
      'contacts',
    ],
    [
      'elevate',
      'addresses',
      {
        sites: [
          { id: 2, siteAddress: canary },
          { id: 3, siteAddress: { town: 'Leeds' } },
        ],
      },
      'addresses { city }',
      { addresses: [{ city: 'Leeds' }] },
      'addresses',
    ],
    [
      'elevate',
      'addresses',
      { sites: [{ id: 2, siteInvoiceDetails: canary }] },
      'addresses { city }',
      { addresses: [] },
      'addresses',
    ],
    ['sage200', 'addresses', { main_address: canary }, 'addresses { city }', { addresses: [] }, 'addresses'],
    [
      'cro',
      'references',
      { locations: [5, { reference_number: 'A' }] },
      'references',
      { references: ['A'] },
      'references',
    ],
    ['cro', 'isActive', { locations: [5, { is_active: true }] }, 'isActive', { isActive: true }, 'isActive'],
  ])('%s %s', async (source, _field, record, selection, expected, path) => {
    const result = await ask(source, record, selection);
    expect(result.data['customer']).toEqual({ nativeId: '1', ...expected });
    expect(codesAt(result)).toEqual([[`customer.${path}`, 'UPSTREAM_BAD_RESPONSE']]);
  });
});

describe('a value of the wrong type costs the field that is made of it:', () => {
  it.each<[Source, string, object, string]>([
    ['elevate', 'contacts', { sites: [{ id: 2 }], customerContacts: canary }, 'contacts { name }'],
    ['elevate', 'contacts', { sites: [{ id: 2, siteContacts: 'x' }] }, 'contacts { name }'],
    ['elevate', 'isActive', { startDate: canary }, 'isActive'],
    ['elevate', 'isActive', { startDate: '2020-01-01', endDate: 'never' }, 'isActive'],
    ['sage200', 'isActive', { account_status_type: canary }, 'isActive'],
    ['cro', 'isActive', { locations: [{ is_active: 'yes' }] }, 'isActive'],
    ['cro', 'isActive', { locations: canary }, 'isActive'],
    ['cro', 'references', { locations: { reference_number: 'A' } }, 'references'],
  ])('%s %s', async (source, field, record, selection) => {
    const result = await ask(source, record, selection);
    expect(result.data['customer']).toEqual({ nativeId: '1', [field]: null });
    expect(codesAt(result)).toEqual([[`customer.${field}`, 'UPSTREAM_BAD_RESPONSE']]);
  });

  it('purposes of an address of CRO', async () => {
    const result = await ask(
      'cro',
      { addresses: [{ is_billing: 'yes', region: 'WA' }] },
      'addresses { region purposes }',
    );
    expect(result.data['customer']).toEqual({ nativeId: '1', addresses: [{ region: 'WA', purposes: null }] });
    expect(codesAt(result)).toEqual([['customer.addresses.0.purposes', 'UPSTREAM_BAD_RESPONSE']]);
  });

  it('but what was not sent is no error', async () => {
    for (const nothing of [null, '', [], {}, undefined]) {
      const elevate = {
        sites: [{ id: 2, siteAddress: nothing, siteContacts: nothing }],
        customerContacts: nothing,
        startDate: nothing,
      };
      const result = await ask(
        'elevate',
        { ...elevate, customerAccountNumber: nothing },
        'references isActive addresses { city } contacts { name }',
      );
      expect(result).toMatchObject({
        data: { customer: { references: [], isActive: null, addresses: [], contacts: [] } },
        errors: [],
      });
      const cro = await ask(
        'cro',
        { locations: nothing, created_on: nothing },
        'references isActive createdAt',
      );
      expect(cro).toMatchObject({
        data: { customer: { references: [], isActive: null, createdAt: null } },
        errors: [],
      });
    }
  });
});
