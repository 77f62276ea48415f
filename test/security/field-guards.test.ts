import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { startRecordedSandbox, type RecordedApi } from '../support/sources.ts';
import { startTokenIssuer, type TokenIssuer } from '../support/token-issuer.ts';

let apis: Readonly<Record<'elevate' | 'sage200' | 'cro', RecordedApi>>;
let issuer: TokenIssuer;
let product: TestProduct;

beforeAll(async () => {
  apis = await startRecordedSandbox();
  issuer = await startTokenIssuer();
  product = await startTestProduct(sources(), undefined, { auth: issuer.auth });
});

beforeEach(() => {
  for (const { calls } of Object.values(apis)) calls.length = 0;
});

afterAll(async () => {
  await product.close();
  await issuer.close();
  await Promise.all(Object.values(apis).map((api) => api.close()));
});

function sources() {
  return Object.fromEntries(Object.entries(apis).map(([name, { source }]) => [name, source]));
}

function calls(): string[] {
  return Object.values(apis).flatMap((api) => api.calls);
}

/** Asks as a caller with some scopes. */
async function ask(
  query: string,
  scope: string,
  { at = product, variables = {} }: { at?: TestProduct; variables?: Record<string, unknown> } = {},
) {
  const { data, errors } = await at.query(query, { variables, headers: await issuer.authorize({ scope }) });
  return {
    data,
    denied: errors.flatMap(({ extensions, path = [] }) =>
      extensions['code'] === 'FORBIDDEN' ? [path.join('.')] : [],
    ),
    others: errors.filter(({ extensions }) => extensions['code'] !== 'FORBIDDEN'),
    errors,
  };
}

describe('a guarded field', () => {
  it('is denied by itself: null and an error with its place, and the rest arrives', async () => {
    const { data, errors } = await ask('{ customer(id: "elevate:1") { id name isActive } }', 'openid');
    expect(data).toEqual({ customer: { id: 'elevate:1', name: null, isActive: expect.any(Boolean) } });
    expect(errors).toEqual([
      {
        message: 'This field needs a token with the scope customers:personal.',
        path: ['customer', 'name'],
        locations: [{ line: 1, column: 34 }],
        extensions: { code: 'FORBIDDEN', requestId: expect.any(String) },
      },
    ]);
  });

  it('is read with its scope, and each class needs its own', async () => {
    const query = `{ customer(id: "elevate:1") { name ... on ElevateCustomer {
      creditThreshold sites { invoicing { bankAccount { sortCode } tax { isExempt } notes } } } } }`;
    const withAll = await ask(query, 'customers:personal customers:bank customers:finance');
    expect(withAll.errors).toEqual([]);
    const site = 'customer.sites.0.invoicing';
    const places = (await ask(query, 'customers:bank')).denied.filter((place) => !/sites\.[1-9]/.test(place));
    expect(places.toSorted()).toEqual(
      ['customer.creditThreshold', 'customer.name', `${site}.notes`, `${site}.tax`].toSorted(),
    );
    expect((await ask(query, 'customers:personal customers:finance')).denied).toContain(
      `${site}.bankAccount`,
    );
  });

  it('needs each of several scopes where both its type and itself are guarded', async () => {
    const query =
      '{ customer(id: "sage200:1") { ... on Sage200Customer { credit { positionId memo { id note } } } } }';
    expect((await ask(query, 'customers:finance')).denied).toEqual(['customer.credit.memo']);
    expect((await ask(query, 'customers:personal')).denied).toEqual(['customer.credit']);
    expect((await ask(query, 'customers:personal customers:finance')).denied).toEqual([]);
  });

  it('needs a token only where it is @authenticated', async () => {
    const query =
      '{ customer(id: "sage200:1") { ... on Sage200Customer { discounts { invoicePercent } priceBandId } } }';
    expect((await ask(query, '')).errors).toEqual([]);
  });

  it.each(['scope', 'scp'])('is read by the claim %s, as a text or a list', async (claim) => {
    for (const value of ['openid customers:personal', ['openid', 'customers:personal']]) {
      const headers = await issuer.authorize({ [claim]: value });
      const { errors } = await product.query('{ customer(id: "cro:1") { name } }', { headers });
      expect(errors).toEqual([]);
    }
  });

  it.each([
    ['CUSTOMERS:PERSONAL'],
    ['customers:personal2'],
    ['xcustomers:personal'],
    ['customers:*'],
    ['*'],
    ['customers:personal,customers:bank'],
    ['customers'],
  ])('is not read by the scope %s', async (scope) => {
    expect((await ask('{ customer(id: "cro:1") { name } }', scope)).denied).toEqual(['customer.name']);
  });
});

describe('what is denied is not fetched', () => {
  it('by calls of its own', async () => {
    const query = `{ customer(id: "sage200:1") { id ... on Sage200Customer { deliveryAddresses { lines } tax { country { code } } } } }`;
    expect((await ask(query, '')).denied).toEqual(['customer.deliveryAddresses', 'customer.tax']);
    expect(calls().filter((call) => !/\/customers\//.test(call))).toEqual([]);
  });

  it('with the record that it would be a part of', async () => {
    const query =
      '{ customer(id: "sage200:1") { id contacts { name } ... on Sage200Customer { memos { note } } } }';
    await ask(query, '');
    expect(calls()).toHaveLength(1);
    expect(calls()[0]).not.toMatch(/contacts|memos/);
    await ask(query, 'customers:personal');
    expect(calls()[1]).toMatch(/contacts.*memos|memos.*contacts/);
  });
});

describe('a name that may not be read', () => {
  const search =
    'query ($text: String!) { search(text: $text) { nodes { id } edges { matchedField } completeness { source { name } status code } } }';

  it('is not searched: neither asked for, nor matched by', async () => {
    const name = await nameOf('elevate:1');
    const found = await ask(search, 'customers:personal', { variables: { text: name } });
    expect(found.data['search']).toMatchObject({ nodes: expect.arrayContaining([{ id: 'elevate:1' }]) });
    forget();
    const denied = await ask(search, '', { variables: { text: name } });
    expect(denied.data['search']).toEqual({
      nodes: [],
      edges: [],
      completeness: ['elevate', 'sage200', 'cro'].map((source) => ({
        source: { name: source },
        status: 'FORBIDDEN',
        code: 'FORBIDDEN',
      })),
    });
    expect(denied.denied).toEqual(['search', 'search', 'search']);
    expect(calls()).toEqual([]);
  });

  it('leaves a search by what may be read', async () => {
    const { data } = await ask('{ customer(id: "elevate:1") { references } }', '');
    const [reference] = Object(data['customer']).references;
    const { data: found, errors } = await ask(search, '', { variables: { text: reference } });
    expect(found['search']).toMatchObject({
      nodes: [{ id: 'elevate:1' }],
      edges: [{ matchedField: 'REFERENCE' }],
      completeness: expect.arrayContaining([{ source: { name: 'elevate' }, status: 'PARTIAL', code: null }]),
    });
    expect(errors.map(({ extensions }) => extensions['code'])).toEqual(
      expect.not.arrayContaining(['INTERNAL_SERVER_ERROR']),
    );
  });

  it.each(['{ name: "a" }', '{ name: "a", activeOnly: true }', '{ name: "a", reference: "b" }'])(
    'does not narrow a list: %s',
    async (filter) => {
      const query = `{ customers(filter: ${filter}) { nodes { id } completeness { status code } } sources { name } }`;
      const { data, denied } = await ask(query, '');
      expect(data['customers']).toMatchObject({ nodes: [] });
      expect(data['sources']).toHaveLength(3);
      expect(denied.length).toBeGreaterThan(0);
      expect(denied.every((place) => place === 'customers')).toBe(true);
      expect(calls()).toEqual([]);
    },
  );

  async function nameOf(id: string): Promise<unknown> {
    const { data } = await ask('query ($id: ID!) { customer(id: $id) { name } }', 'customers:personal', {
      variables: { id },
    });
    return Object(data['customer']).name;
  }

  function forget(): void {
    for (const api of Object.values(apis)) api.calls.length = 0;
  }
});

describe('a company that has names of its own for scopes', () => {
  let renamed: TestProduct;

  beforeAll(async () => {
    const auth = { ...issuer.auth, scopes: { personal: 'crm.people', bank: '*' } };
    renamed = await startTestProduct(sources(), undefined, {
      auth,
      server: { introspection: true },
    });
  });

  afterAll(() => renamed.close());

  it('has its callers read by these', async () => {
    const query = '{ customer(id: "elevate:1") { name } }';
    expect((await ask(query, 'crm.people', { at: renamed })).errors).toEqual([]);
    const { errors } = await ask(query, 'customers:personal', { at: renamed });
    expect(errors.map(({ message }) => message)).toEqual([
      'This field needs a token with the scope crm.people.',
    ]);
  });

  it('can let every caller with a token read a class', async () => {
    const query =
      '{ node(id: "elevate:site:1") { ... on ElevateSite { invoicing { bankAccount { sortCode } } } } }';
    expect((await ask(query, '', { at: renamed })).errors).toEqual([]);
  });

  it('publishes them, so that a router can enforce the same', async () => {
    const { data } = await ask('{ _service { sdl } }', '', { at: renamed });
    const { sdl } = Object(data['_service']);
    expect(sdl).toMatch(
      /name: String @tag\(name: "personal-data"\) @requiresScopes\(scopes: \[\["crm\.people"\]\]\)/,
    );
    expect(sdl).toMatch(/type ElevateBankAccount @tag\(name: "personal-data"\) @authenticated/);
    expect(sdl).not.toMatch(/customers:personal|customers:bank|@open/);
  });
});

it('without callers to tell apart, nothing is guarded', async () => {
  const open = await startTestProduct(sources());
  const { data, errors } = await open.query(
    '{ customer(id: "elevate:1") { name } search(text: "a") { nodes { id } } }',
  );
  await open.close();
  expect(errors).toEqual([]);
  expect(data['customer']).toEqual({ name: expect.any(String) });
});
