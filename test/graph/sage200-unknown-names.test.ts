import { afterEach, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { createSite } from '../../src/providers/sage200/site.ts';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { startStubServer, type RecordingServer, type StubAnswer } from '../support/recording-server.ts';
import { pageOf } from '../support/page-of.ts';
import { entryFor } from '../support/sources.ts';
import { askCounted, filterRange, idRange } from './support/calls.ts';

const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

/** A product over a site of customers with nominal codes, which refuses calls that have an unknown name in them. */
async function startSite(
  unknown: readonly string[],
  answer: (url: URL) => StubAnswer = () => ({ status: 404 }),
): Promise<{ product: TestProduct; api: RecordingServer }> {
  const api = await startStubServer((url) => {
    const options = ['$select', '$expand', '$filter']
      .map((option) => url.searchParams.get(option) ?? '')
      .join(',');
    if (options.split(/[, ]/).some((name) => unknown.includes(name))) return { status: 400 };
    return answerCustomers(url) ?? answerNominalCodes(url) ?? answer(url);
  });
  const product = await startTestProduct({ sage: entryFor.sage200(api.url) });
  closing.push(
    () => api.close(),
    () => product.close(),
  );
  return { product, api };
}

function idsOf({ pathname, searchParams }: URL, key = 'id'): number[] {
  const path = /\/(\d+)$/.exec(pathname)?.[1];
  if (path !== undefined) return [Number(path)];
  return [...(searchParams.get('$filter') ?? '').matchAll(new RegExp(`\\b${key} eq (\\d+)`, 'g'))].map(
    ([, id]) => Number(id),
  );
}

function answerCustomers(url: URL): StubAnswer | undefined {
  if (!url.pathname.includes('/customers')) return undefined;
  const filter = url.searchParams.get('$filter') ?? '';
  if (filter.startsWith('associated_head_office_id')) return { body: [] };
  return answerRows(
    url,
    idsOf(url).map((id) => ({ id, name: `Customer ${id}`, default_nominal_code_id: 100 + id })),
  );
}

function answerNominalCodes(url: URL): StubAnswer | undefined {
  if (!url.pathname.includes('/nominal_codes')) return undefined;
  return answerRows(
    url,
    idsOf(url).map((id) => ({ id, reference: String(id), name: `Nominal code ${id}` })),
  );
}

function answerRows(url: URL, rows: readonly object[]): StubAnswer {
  return { body: /\/\d+$/.test(url.pathname) ? rows[0] : rows };
}

const customers = (selection: string) =>
  `query ($ids: [ID!]!) { customersByIds(ids: $ids) { nativeId ... on Sage200Customer { ${selection} } } }`;

describe('a site whose nominal codes have neither kind nor status', () => {
  const unknown = ['nominal_account_type', 'account_status_type'];
  const codes = customers(
    'defaultNominalAccount { nominalCode { nativeId name accountType accountStatus } }',
  );
  const codeOf = (nativeId: string) => ({
    nativeId,
    defaultNominalAccount: {
      nominalCode: {
        nativeId: `10${nativeId}`,
        name: `Nominal code 10${nativeId}`,
        accountType: null,
        accountStatus: null,
      },
    },
  });

  it.each([
    ['one', ['1'], '/nominal_codes/101?$select='],
    ['several', ['1', '2'], `/nominal_codes?$filter=${filterRange('id', 101, 102)}&$select=`],
  ])(
    'costs those two fields of %s, and the calls that find out are made once',
    async (_what, natives, call) => {
      const { product, api } = await startSite(unknown);
      const ids = natives.map((id) => `sage:${id}`);
      const first = await askCounted(product, api, codes, { ids });
      expect(first.errors).toEqual([]);
      expect(first.data['customersByIds']).toEqual(natives.map(codeOf));
      expect([first.calls[1], ...first.calls.slice(2, -1).toSorted(), first.calls.at(-1)]).toEqual([
        `${call}id,name,nominal_account_type,account_status_type`,
        '/nominal_codes?$select=account_status_type&$top=1',
        '/nominal_codes?$select=account_status_type&$top=2',
        '/nominal_codes?$select=name&$top=1',
        '/nominal_codes?$select=nominal_account_type&$top=1',
        '/nominal_codes?$select=nominal_account_type&$top=2',
        '/nominal_codes?$top=1',
        `${call}id,name`,
      ]);

      // Answers are kept: other codes have to be fetched.
      const others = natives.map((id) => `sage:${Number(id) + 4}`);
      const second = await askCounted(product, api, codes, { ids: others });
      expect(second.errors).toEqual([]);
      expect(second.data['customersByIds']).toEqual(natives.map((id) => codeOf(String(Number(id) + 4))));
      expect(second.calls.slice(1)).toEqual([expect.stringMatching(/^\/nominal_codes.*\$select=id,name$/)]);
    },
  );

  it('is not asked about them where they are not selected', async () => {
    const { product, api } = await startSite(unknown);
    const { calls, errors } = await askCounted(
      product,
      api,
      customers('defaultNominalAccount { nominalCode { name } }'),
      {
        ids: ['sage:1'],
      },
    );
    expect(errors).toEqual([]);
    expect(calls).toEqual(['/customers/1', '/nominal_codes/101?$select=id,name']);
  });
});

it('says so, and learns nothing, where nominal codes are refused whatever is selected', async () => {
  const api = await startStubServer((url) => answerCustomers(url) ?? { status: 400 });
  const product = await startTestProduct({ sage: entryFor.sage200(api.url) });
  closing.push(
    () => api.close(),
    () => product.close(),
  );
  const query = customers('defaultNominalAccount { nominalCode { name } }');
  for (let time = 0; time < 2; time += 1) {
    const { calls, errors } = await askCounted(product, api, query, { ids: ['sage:1'] });
    expect(errors.map(({ extensions }) => extensions['code'])).toEqual(['UPSTREAM_REJECTED']);
    expect(calls).toEqual(['/customers/1', '/nominal_codes/101?$select=id,name', '/nominal_codes?$top=1']);
  }
});

describe('a site that knows no head offices', () => {
  const unknown = ['associated_head_office_id'];
  const branches = customers('branches { nativeId }');
  const lost = (ids: readonly string[]) =>
    ids.map((id) => ({ nativeId: id.slice('sage:'.length), branches: null }));

  it.each([
    ['one', ['sage:1']],
    ['several', ['sage:1', 'sage:2']],
    ['more than fit one call', idRange('sage', 1, 30)],
  ])('has no branches of %s customers, finds that out once and is not asked again', async (_what, ids) => {
    const { product, api } = await startSite(unknown);
    const first = await askCounted(product, api, branches, { ids });
    expect({ data: first.data['customersByIds'], errors: first.errors }).toEqual({
      data: lost(ids),
      errors: [],
    });
    const probes = first.calls.filter((call) => /\$top=[12]$/.test(call)).toSorted();
    expect(probes).toEqual([
      '/customers?$filter=associated_head_office_id eq 1&$top=1',
      '/customers?$filter=associated_head_office_id eq 1&$top=2',
      '/customers?$top=1',
    ]);
    expect(first.calls.filter((call) => call.includes('associated_head_office_id'))).toHaveLength(
      2 + Math.ceil(ids.length / 20),
    );

    const second = await askCounted(product, api, branches, { ids });
    expect(second.calls.filter((call) => /associated_head_office_id|\$top=1$/.test(call))).toEqual([]);
    expect({ data: second.data, errors: second.errors }).toEqual({ data: first.data, errors: [] });
  });

  it('still takes "or" in a filter, and gives delivery addresses', async () => {
    const { product, api } = await startSite(unknown, (url) => ({
      body: pageOf(
        url,
        idsOf(url, 'customer_id').map((id) => ({ id: 50 + id, customer_id: id, postcode: `N${id}` })),
      ),
    }));
    const query = customers('branches { nativeId } deliveryAddresses { postcode }');
    for (let time = 0; time < 2; time += 1) {
      const { data, errors, calls } = await askCounted(product, api, query, { ids: ['sage:1', 'sage:2'] });
      expect(errors).toEqual([]);
      expect(data['customersByIds']).toEqual(
        [1, 2].map((id) => ({
          nativeId: String(id),
          branches: null,
          deliveryAddresses: [{ postcode: `N${id}` }],
        })),
      );
      expect(calls).toContain(
        `/customer_delivery_addresses?$filter=${filterRange('customer_id', 1, 2)}&$orderby=id asc&$top=5000`,
      );
    }
  });
});

describe('a site that takes no "or" and ignores the owner in a filter', () => {
  it('does not give one customer the delivery addresses of another', async () => {
    const all = [1, 2].map((id) => ({ id: 50 + id, customer_id: id, postcode: `N${id}` }));
    const api = await startStubServer((url) => {
      if ((url.searchParams.get('$filter') ?? '').includes(' or ')) return { status: 400 };
      return answerCustomers(url) ?? { body: pageOf(url, all) };
    });
    const product = await startTestProduct({ sage: entryFor.sage200(api.url) });
    closing.push(
      () => api.close(),
      () => product.close(),
    );
    const { data, errors } = await askCounted(product, api, customers('deliveryAddresses { postcode }'), {
      ids: ['sage:1', 'sage:2'],
    });
    expect(data['customersByIds']).toEqual(
      ['1', '2'].map((nativeId) => ({ nativeId, deliveryAddresses: null })),
    );
    expect(errors.map(({ extensions }) => extensions['code'])).toEqual([
      'UPSTREAM_BAD_RESPONSE',
      'UPSTREAM_BAD_RESPONSE',
    ]);
  });
});

it.each([1, 2, 3, 5, 8])(
  'a site that refuses %i calls, whatever is in them, has lost nothing afterwards',
  async (count) => {
    let refused = 0;
    const api = await startStubServer((url) => {
      refused += 1;
      return refused <= count ? { status: 400 } : (answerCustomers(url) ?? { status: 404 });
    });
    const product = await startTestProduct({ sage: entryFor.sage200(api.url) });
    closing.push(
      () => api.close(),
      () => product.close(),
    );
    const query = customers('memos { note } contacts { name }');
    // Each makes a call at least.
    for (let time = 0; time < count; time += 1) await askCounted(product, api, query, { ids: ['sage:1'] });
    const { calls } = await askCounted(product, api, query, { ids: ['sage:1'] });
    expect(calls).toEqual(['/customers/1?$expand=contacts,memos']);
  },
);

it('a list that is refused as such is found out once, and each record asked for alone', async () => {
  const api = await startStubServer((url) =>
    url.pathname.endsWith('/customers') ? { status: 400 } : (answerCustomers(url) ?? { status: 404 }),
  );
  const product = await startTestProduct({ sage: entryFor.sage200(api.url) });
  closing.push(
    () => api.close(),
    () => product.close(),
  );
  const query = customers('name');
  const first = await askCounted(product, api, query, { ids: ['sage:1', 'sage:2'] });
  expect(first.errors).toEqual([]);
  expect(first.calls).toEqual([
    `/customers?$filter=${filterRange('id', 1, 2)}`,
    '/customers?$top=1',
    '/customers?$top=2',
    '/customers/1',
    '/customers/2',
  ]);
  const second = await askCounted(product, api, query, { ids: ['sage:3', 'sage:4'] });
  expect(second.errors).toEqual([]);
  expect(second.data['customersByIds']).toEqual(
    ['3', '4'].map((nativeId) => ({ nativeId, name: `Customer ${nativeId}` })),
  );
  expect(second.calls).toEqual(['/customers/3', '/customers/4']);
});

it('what was learnt of a site is forgotten after a while', async () => {
  const site = createSite(30);
  site.learnRefusal('a');
  site.learnRefusal('c', 10_000);
  expect(site.isRefused('a')).toBe(true);
  expect(site.isRefused('b')).toBe(false);
  await sleep(60);
  expect(site.isRefused('a')).toBe(false);
  expect(site.isRefused('c')).toBe(true);
});
