import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestProduct, type QueryResult, type TestProduct } from '../support/product.ts';
import { startStubServer, type RecordingServer } from '../support/recording-server.ts';
import { entryFor } from '../support/sources.ts';

let customer: object;
let stub: RecordingServer;
/** The clock stands in Los Angeles in the one, and nowhere in the other. */
let product: TestProduct;
let productWithoutZone: TestProduct;

beforeAll(async () => {
  stub = await startStubServer(() => ({ body: customer }));
  product = await startTestProduct({ cro: entryFor.cro(stub.url, { timeZone: 'America/Los_Angeles' }) });
  productWithoutZone = await startTestProduct({ cro: entryFor.cro(stub.url) });
});

afterAll(async () => {
  await Promise.all([product.close(), productWithoutZone.close()]);
  await stub.close();
});

function ask(record: object, selection: string, on = product): Promise<QueryResult> {
  customer = { id: 1, ...record };
  return on.query(`{ customer(id: "cro:1") { nativeId ... on CroCustomer { ${selection} } } }`);
}

function codesAt({ errors }: QueryResult): string[] {
  return errors.map(({ path, extensions }) => `${path?.join('.')} ${String(extensions['code'])}`);
}

describe('a time of CRO', () => {
  it.each([
    ['2018-06-13T19:50:20.447000', '2018-06-13T19:50:20.447000-07:00'],
    ['2018-12-13 19:50:20', '2018-12-13T19:50:20-08:00'],
    ['2018-06-13T19:50:20.4470001234567', '2018-06-13T19:50:20.4470001234567-07:00'],
    // Clocks showed it twice: the first is meant.
    ['2018-11-04T01:30:00', '2018-11-04T01:30:00-07:00'],
    // Before there were time zones: 7 hours, 52 minutes and 58 seconds behind.
    ['0001-01-01T00:00:00.5', '0001-01-01T07:52:58.5Z'],
  ])('%s is %s', async (created_on, createdAt) => {
    const { data, errors } = await ask({ created_on }, 'createdAt');
    expect({ data, errors }).toEqual({ data: { customer: { nativeId: '1', createdAt } }, errors: [] });
  });

  const wrong = [
    '2018-06-13',
    '2018-06-13T19:50',
    '2018-06-13T19:50:20+02:00',
    '2018-06-13T19:50:20Z',
    'garbage',
    5150,
    true,
    ['x'],
    { a: 1 },
  ];

  it.each(wrong)('%j costs its field, with a zone and without one', async (created_on) => {
    const record = {
      created_on,
      last_updated_on: '2018-06-13T19:50:20',
      locations: [{ renewal_date: created_on, location_id: 3 }],
    };
    const selection = 'createdAt createdAtLocal updatedAt locations { locationId renewalAt }';
    for (const [on, updatedAt] of [
      [product, '2018-06-13T19:50:20-07:00'] as const,
      [productWithoutZone, null] as const,
    ]) {
      const result = await ask(record, selection, on);
      expect(result.data['customer']).toEqual({
        nativeId: '1',
        createdAt: null,
        createdAtLocal: null,
        updatedAt,
        locations: [{ locationId: '3', renewalAt: null }],
      });
      expect(codesAt(result).toSorted()).toEqual(
        ['createdAt', 'createdAtLocal', 'locations.0.renewalAt'].map(
          (path) => `customer.${path} UPSTREAM_BAD_RESPONSE`,
        ),
      );
    }
  });

  it.each(['2018-02-30T00:00:00', '2018-06-13T25:00:00'])(
    '%s, which does not exist, is no instant',
    async (created_on) => {
      const result = await ask({ created_on }, 'createdAt createdAtLocal');
      expect(result.data['customer']).toEqual({ nativeId: '1', createdAt: null, createdAtLocal: created_on });
      expect(codesAt(result)).toEqual(['customer.createdAt UPSTREAM_BAD_RESPONSE']);
    },
  );
});
