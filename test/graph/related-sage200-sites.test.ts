import { afterEach, describe, expect, it } from '@jest/globals';
import {
  createSage200App,
  sandboxApi,
  type Sage200SiteOptions,
} from '../../src/sandbox/providers/sage200.ts';
import { createWorld } from '../../src/sandbox/world/index.ts';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { startStubServer } from '../support/recording-server.ts';
import { entryFor } from '../support/sources.ts';
import { askCounted, filterRange, idRange, isLookBehind } from './support/calls.ts';

const world = createWorld(1);
const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

/** A product over one Sage 200 site. */
async function startSite(
  options: Sage200SiteOptions,
): Promise<{ product: TestProduct; api: { calls: string[] } }> {
  const calls: string[] = [];
  const app = createSage200App(world, options);
  app.addHook(
    'onRequest',
    async ({ method, url }) => void calls.push(`${method} ${decodeURIComponent(url)}`),
  );
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const product = await startTestProduct({ sage: { provider: 'sage200', ...sandboxApi.settings(url) } });
  closing.push(
    async () => {
      app.server.closeAllConnections();
      await app.close();
    },
    () => product.close(),
  );
  return { product, api: { calls } };
}

/** A product over a site that a test answers for. */
async function startStub(
  answer: Parameters<typeof startStubServer>[0],
): Promise<{ product: TestProduct; api: { calls: string[] } }> {
  const stub = await startStubServer(answer);
  const product = await startTestProduct({ sage: entryFor.sage200(stub.url) });
  closing.push(
    () => stub.close(),
    () => product.close(),
  );
  return { product, api: stub };
}

const customers = (selection: string) =>
  `query ($ids: [ID!]!) { customersByIds(ids: $ids) { nativeId ... on Sage200Customer { ${selection} } } }`;

describe('an older site, which knows neither alerts, memos, cards, limited price bands nor status,', () => {
  const selection =
    'mainAddress { postcode } liveStatus { isLive } alerts { text } memos { note } cards { nativeId } limitedPriceBands { nativeId }';
  const lost = { liveStatus: null, alerts: null, memos: null, cards: null, limitedPriceBands: null };
  const all = 'main_address,status,alerts,memos,cards,limited_price_bands';

  it('is asked for each name by itself, for the refused ones twice, and then not again', async () => {
    const { product, api } = await startSite({ olderSite: true });
    const first = await askCounted(product, api, customers(selection), { ids: ['sage:1', 'sage:2'] });
    expect(first.errors).toEqual([]);
    expect(first.data['customersByIds']).toEqual(
      ['1', '2'].map((nativeId) => ({ nativeId, mainAddress: { postcode: expect.any(String) }, ...lost })),
    );
    const filter = `$filter=id eq 1 or id eq 2`;
    expect(first.calls[0]).toBe(`/customers?${filter}&$expand=${all}`);
    // Whether it is the names that are refused.
    expect(first.calls[1]).toBe('/customers?$top=1');
    expect(first.calls.slice(2, -1).toSorted()).toEqual(
      all
        .split(',')
        .flatMap((name) =>
          [1, ...(name === 'main_address' ? [] : [2])].map((top) => `/customers?$expand=${name}&$top=${top}`),
        )
        .toSorted(),
    );
    expect(first.calls.at(-1)).toBe(`/customers?${filter}&$expand=main_address`);

    const second = await askCounted(product, api, customers(selection), { ids: ['sage:1', 'sage:2'] });
    expect(second.calls).toEqual([`/customers?${filter}&$expand=main_address`]);
    expect(second.data).toEqual(first.data);
  });

  it('is asked about a name when it is first needed, and not about those known by then', async () => {
    const { product, api } = await startSite({ olderSite: true });
    await askCounted(product, api, customers('memos { note }'), { ids: ['sage:1'] });
    const { calls, data, errors } = await askCounted(
      product,
      api,
      customers('memos { note } cards { nativeId } contacts { name }'),
      {
        ids: ['sage:1'],
      },
    );
    expect(errors).toEqual([]);
    expect(data['customersByIds']).toEqual([
      { nativeId: '1', memos: null, cards: null, contacts: expect.any(Array) },
    ]);
    expect([calls[0], ...calls.slice(1, -1).toSorted(), calls.at(-1)]).toEqual([
      '/customers/1?$expand=contacts,cards',
      '/customers?$expand=cards&$top=1',
      '/customers?$expand=cards&$top=2',
      '/customers?$expand=contacts&$top=1',
      '/customers?$top=1',
      '/customers/1?$expand=contacts',
    ]);
    const again = await askCounted(product, api, customers('memos { note } cards { nativeId }'), {
      ids: ['sage:1'],
    });
    expect(again.calls).toEqual(['/customers/1']);
  });

  it('is found out once for many batches', async () => {
    const { product, api } = await startSite({ olderSite: true });
    const { calls, errors, data } = await askCounted(
      product,
      api,
      customers('alerts { text } contacts { name }'),
      {
        ids: idRange('sage', 1, 60),
      },
    );
    expect(errors).toEqual([]);
    expect(data['customersByIds']).toEqual(
      idRange('sage', 1, 60).map((id) => ({
        nativeId: id.slice('sage:'.length),
        alerts: null,
        contacts: expect.any(Array),
      })),
    );
    expect(calls.filter((call) => call.includes('$top=')).toSorted()).toEqual([
      '/customers?$expand=alerts&$top=1',
      '/customers?$expand=alerts&$top=2',
      '/customers?$expand=contacts&$top=1',
      '/customers?$top=1',
    ]);
    expect(calls).toHaveLength(10);
  });

  it('is listed and searched all the same', async () => {
    const { product, api } = await startSite({ olderSite: true });
    const query =
      '{ customers(first: 2) { nodes { id ... on Sage200Customer { alerts { text } } } } search(text: "Harbour") { nodes { name } } }';
    const { data, errors } = await askCounted(product, api, query);
    expect(errors).toEqual([]);
    expect(data['customers']).toEqual({
      nodes: [
        { id: 'sage:1', alerts: null },
        { id: 'sage:2', alerts: null },
      ],
    });
    expect((await askCounted(product, api, query)).calls).toHaveLength(2);
  });
});

describe('a site that refuses "or" in a filter', () => {
  it('is asked for each customer, and for what belongs to each, by itself', async () => {
    const { product, api } = await startSite({ refuseOrFilters: true });
    const selection =
      'deliveryAddresses { customerId } branches { headOfficeId } defaultNominalAccount { nominalCodeId nominalCode { nativeId } }';
    const ids = ['sage:7', 'sage:1', 'sage:2'];
    const { data, errors, calls } = await askCounted(product, api, customers(selection), { ids });
    expect(errors).toEqual([]);
    const inOneGo = await startSite({});
    expect(data).toEqual(
      (await askCounted(inOneGo.product, inOneGo.api, customers(selection), { ids })).data,
    );

    const nominalCalls = calls.filter((call) => call.startsWith('/nominal_codes'));
    expect(nominalCalls.every((call) => /^\/nominal_codes\/\d+\?/.test(call))).toBe(true);
    // At first the length of pages is learnt, of each collection once.
    expect(calls.filter(isLookBehind).length).toBeLessThanOrEqual(2);
    expect(calls.filter((call) => !nominalCalls.includes(call) && !isLookBehind(call)).toSorted()).toEqual(
      [
        '/customers?$filter=id eq 7 or id eq 1 or id eq 2',
        // Whether it is the `or` that is refused.
        '/customers?$filter=id eq 1 or id eq 2&$top=1',
        '/customers?$filter=id eq 1 or id eq 2&$top=2',
        '/customers?$top=1',
        ...['7', '1', '2'].flatMap((id) => [
          `/customers/${id}`,
          `/customers?$filter=associated_head_office_id eq ${id}&$orderby=id asc&$top=5000`,
          `/customer_delivery_addresses?$filter=customer_id eq ${id}&$orderby=id asc&$top=5000`,
        ]),
      ].toSorted(),
    );
    const again = await askCounted(product, api, customers(selection), { ids });
    expect(again.calls.filter((call) => call.includes(' or '))).toEqual([]);
    expect(again.data).toEqual(data);
  });

  it('finds that out once, be it an older site as well', async () => {
    const { product, api } = await startSite({ refuseOrFilters: true, olderSite: true });
    const { data, errors, calls } = await askCounted(
      product,
      api,
      customers('alerts { text } contacts { name }'),
      {
        ids: idRange('sage', 1, 3),
      },
    );
    expect(errors).toEqual([]);
    expect(data['customersByIds']).toEqual(
      ['1', '2', '3'].map((nativeId) => ({ nativeId, alerts: null, contacts: expect.any(Array) })),
    );
    expect(calls.at(-1)).toMatch(/^\/customers\/\d\?\$expand=contacts$/);
    const again = await askCounted(product, api, customers('alerts { text } contacts { name }'), {
      ids: idRange('sage', 1, 3),
    });
    expect(again.calls.toSorted()).toEqual(['1', '2', '3'].map((id) => `/customers/${id}?$expand=contacts`));
  });
});

describe('a call for what belongs to customers that fails', () => {
  const rows = (url: URL) => {
    if (url.pathname.endsWith('/customers'))
      return { body: [1, 2].map((id) => ({ id, name: `sage ${id}`, currency_id: 3 })) };
    return { status: 403 };
  };

  it('costs that field of each customer and nothing else', async () => {
    const { product, api } = await startStub(rows);
    const selection = 'name deliveryAddresses { postcode } currency { name }';
    const { data, errors, calls } = await askCounted(product, api, customers(selection), {
      ids: ['sage:1', 'sage:2'],
    });
    expect(data['customersByIds']).toEqual(
      [1, 2].map((id) => ({
        nativeId: String(id),
        name: `sage ${id}`,
        deliveryAddresses: null,
        currency: null,
      })),
    );
    expect(errors.map(({ path, extensions }) => [path, extensions['code']])).toEqual(
      expect.arrayContaining(
        [0, 1].flatMap((index) =>
          ['deliveryAddresses', 'currency'].map((field) => [
            ['customersByIds', index, field],
            'UPSTREAM_FORBIDDEN',
          ]),
        ),
      ),
    );
    expect(errors).toHaveLength(4);
    expect(calls).toEqual([
      `/customers?$filter=${filterRange('id', 1, 2)}`,
      expect.stringMatching(/^\/customer_delivery_addresses\?/),
      expect.stringMatching(/^\/currencies\?/),
    ]);
  });

  it('is made again by the next operation: a failure is not kept', async () => {
    const { product, api } = await startStub(rows);
    await askCounted(product, api, customers('currency { name }'), { ids: ['sage:1', 'sage:2'] });
    const { calls } = await askCounted(product, api, customers('currency { name }'), {
      ids: ['sage:1', 'sage:2'],
    });
    expect(calls.filter((call) => call.startsWith('/currencies'))).toHaveLength(1);
  });
});
