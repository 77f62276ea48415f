import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { startStubServer, type RecordingServer } from '../support/recording-server.ts';
import { createEntries, startStubGraph, type StubGraph } from './support/stub-graph.ts';

/** Above 2^53, where JavaScript's numbers have gaps. */
const id = '9007199254740993';
const neighbour = '9007199254740992';

let graph: StubGraph;

beforeAll(async () => {
  graph = await startStubGraph();
});

afterEach(() => graph.answers.clear());
afterAll(() => graph.close());

/** Bodies are texts: `JSON.stringify` would round these numbers. */
function answer(path: string, body: string): void {
  graph.answers.set(path, { body });
}

async function ask(query: string): Promise<Record<string, unknown>> {
  const { data, errors } = await graph.query(query);
  expect(errors).toEqual([]);
  return data;
}

describe('digits of Elevate', () => {
  it('are kept in ids', async () => {
    answer(
      `/v1/customers/${id}`,
      `{"id": ${id}, "contractOwnerId": 9223372036854775807, "tripwireId": ${id}, "billingCycleId": "00${id}"}`,
    );
    expect(
      await ask(
        `{ customer(id: "elevate:${id}") { id nativeId ... on ElevateCustomer { contractOwnerId tripwirePlanId billingCycleId } } }`,
      ),
    ).toEqual({
      customer: {
        id: `elevate:${id}`,
        nativeId: id,
        contractOwnerId: '9223372036854775807',
        tripwirePlanId: id,
        billingCycleId: `00${id}`,
      },
    });
  });

  it('are kept in decimals', async () => {
    answer(
      '/v1/customers/1',
      '{"id": 1, "creditThreshold": 12345678901234567.89, "sites": [{"id": 2, "repaymentPlanAmount": 12.50}, {"id": 3, "repaymentPlanAmount": 1.5e-7}]}',
    );
    expect(
      await ask(
        '{ customer(id: "elevate:1") { ... on ElevateCustomer { creditThreshold sites { repaymentPlan { amount } } } } }',
      ),
    ).toEqual({
      customer: {
        creditThreshold: '12345678901234567.89',
        sites: [{ repaymentPlan: { amount: '12.50' } }, { repaymentPlan: { amount: '0.00000015' } }],
      },
    });
  });

  it('are kept in date-times', async () => {
    answer(
      '/v1/customers/1',
      '{"id": 1, "createdDate": "2019-08-24T14:15:22.1234567Z", "updatedDate": "2020-02-29T23:59:59+13:45"}',
    );
    expect(await ask('{ customer(id: "elevate:1") { createdAt updatedAt } }')).toEqual({
      customer: { createdAt: '2019-08-24T14:15:22.1234567Z', updatedAt: '2020-02-29T23:59:59+13:45' },
    });
  });
});

describe('digits of Sage 200', () => {
  it('are kept in ids', async () => {
    answer(
      `/sage/customers/${id}`,
      `{"id": ${id}, "associated_head_office_id": ${id}, "main_address": {"id": ${id}, "customer_id": ${id}}}`,
    );
    expect(
      await ask(
        `{ customer(id: "sage200:${id}") { id nativeId addresses { id nativeId } ... on Sage200Customer { headOfficeId mainAddress { customerId } } } }`,
      ),
    ).toEqual({
      customer: {
        id: `sage200:${id}`,
        nativeId: id,
        addresses: [{ id: `sage200:address:${id}`, nativeId: id }],
        headOfficeId: id,
        mainAddress: { customerId: id },
      },
    });
  });

  it('tell neighbours apart in one list answer', async () => {
    const rows = `[{"id": ${neighbour}, "name": "the even one"}, {"id": ${id}, "name": "the odd one"}]`;
    answer(`/sage/customers?$filter=id eq ${id} or id eq ${neighbour}`, rows);
    expect(
      await ask(`{ customersByIds(ids: ["sage200:${id}", "sage200:${neighbour}"]) { id name } }`),
    ).toEqual({
      customersByIds: [
        { id: `sage200:${id}`, name: 'the odd one' },
        { id: `sage200:${neighbour}`, name: 'the even one' },
      ],
    });
  });

  it('are kept in decimals', async () => {
    answer(
      '/sage/customers/1',
      '{"id": 1, "balance": 12345678901234567.89, "credit_limit": 12.50, "early_settlement_discount_percent": 0.00, "spare_number_1": -1.10000}',
    );
    const selection =
      'balance creditLimit paymentTerms { earlySettlementDiscount { percent } } spareFields { numbers { number value } }';
    expect(await ask(`{ customer(id: "sage200:1") { ... on Sage200Customer { ${selection} } } }`)).toEqual({
      customer: {
        balance: '12345678901234567.89',
        creditLimit: '12.50',
        paymentTerms: { earlySettlementDiscount: { percent: '0.00' } },
        spareFields: { numbers: [{ number: 1, value: '-1.10000' }] },
      },
    });
  });

  it('are kept in date-times, and dates lose their midnight without a shift', async () => {
    answer(
      '/sage/customers/1',
      `{"id": 1, "date_time_created": "2014-03-17T09:41:22.547Z", "date_time_updated": "2025-10-01T16:09:33.8700000+01:00",
        "account_opened": "2014-03-17T00:00:00Z", "last_credit_review": "2025-06-12T00:00:00+13:00", "next_credit_review": "2026-06-12T00:00:00"}`,
    );
    const selection = 'createdAt updatedAt account { openedOn } credit { lastReviewOn nextReviewOn }';
    expect(await ask(`{ customer(id: "sage200:1") { ... on Sage200Customer { ${selection} } } }`)).toEqual({
      customer: {
        createdAt: '2014-03-17T09:41:22.547Z',
        updatedAt: '2025-10-01T16:09:33.8700000+01:00',
        account: { openedOn: '2014-03-17' },
        credit: { lastReviewOn: '2025-06-12', nextReviewOn: '2026-06-12' },
      },
    });
  });
});

describe('digits of CRO', () => {
  it('are kept in ids', async () => {
    answer(
      `/cro/customers/${id}`,
      `{"id": ${id}, "parent_id": ${neighbour}, "locations": [{"suspension_id": ${id}, "sales_rep_id": "${id}"}]}`,
    );
    expect(
      await ask(
        `{ customer(id: "cro:${id}") { id nativeId ... on CroCustomer { parentId locations { suspensionId salesRepId } } } }`,
      ),
    ).toEqual({
      customer: {
        id: `cro:${id}`,
        nativeId: id,
        parentId: neighbour,
        locations: [{ suspensionId: id, salesRepId: id }],
      },
    });
  });

  it('are kept in decimals', async () => {
    answer(
      '/cro/locations/7',
      '{"id": 7, "distance_factor": 12345678901234567.89, "distance_label": "miles"}',
    );
    answer('/cro/locations/8', '{"id": 8, "distance_factor": 12.50}');
    const selection = '{ ... on CroLocation { distance { factor } } }';
    expect(
      await ask(`{ a: node(id: "cro:location:7") ${selection} b: node(id: "cro:location:8") ${selection} }`),
    ).toEqual({
      a: { distance: { factor: '12345678901234567.89' } },
      b: { distance: { factor: '12.50' } },
    });
  });
});

describe('times of CRO, which have no zone', () => {
  const times = ['2020-01-15T12:00:00.447000', '2020-07-15T12:00:00.000001'];
  let stub: RecordingServer;
  let product: TestProduct;

  beforeAll(async () => {
    const [created_on, last_updated_on] = times;
    stub = await startStubServer(() => ({
      body: { id: 1, created_on, last_updated_on, locations: [{ renewal_date: '2027-01-01T08:00:00' }] },
    }));
    const { cro } = createEntries(stub.url);
    product = await startTestProduct({
      nowhere: cro,
      angeles: { ...cro, timeZone: 'America/Los_Angeles' },
      kolkata: { ...cro, timeZone: 'Asia/Kolkata' },
    });
  });

  afterAll(async () => {
    await product.close();
    await stub.close();
  });

  it.each([
    ['nowhere', null, null, null],
    ['angeles', `${times[0]}-08:00`, `${times[1]}-07:00`, '2027-01-01T08:00:00-08:00'],
    ['kolkata', `${times[0]}+05:30`, `${times[1]}+05:30`, '2027-01-01T08:00:00+05:30'],
  ])('%s: %s and %s', async (source, createdAt, updatedAt, renewalAt) => {
    const { data, errors } = await product.query(
      `{ customer(id: "${source}:1") { createdAt updatedAt ... on CroCustomer { createdAtLocal updatedAtLocal locations { renewalAt renewalAtLocal } } } }`,
    );
    expect(errors).toEqual([]);
    expect(data['customer']).toEqual({
      createdAt,
      updatedAt,
      createdAtLocal: times[0],
      updatedAtLocal: times[1],
      locations: [{ renewalAt, renewalAtLocal: '2027-01-01T08:00:00' }],
    });
  });
});
