import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createWorld, sharedParties, spellings } from '../../src/sandbox/world/index.ts';
import { startTestProduct, type SourceEntry, type TestProduct } from '../support/product.ts';
import { startStubServer, type RecordingServer } from '../support/recording-server.ts';
import { entryFor, startRecordedSandbox, type RecordedApi } from '../support/sources.ts';
import { search, searchRefused } from './support/search-page.ts';
import { apiNames, type ApiName } from './support/listed-apis.ts';

function referencesOf(customer: unknown): readonly unknown[] {
  return typeof customer === 'object' &&
    customer !== null &&
    'references' in customer &&
    Array.isArray(customer.references)
    ? customer.references
    : [];
}

const respellings: readonly (readonly [string, (text: string) => string])[] = [
  ['small letters', (text: string) => text.toLowerCase()],
  ['capitals', (text: string) => text.toUpperCase()],
  ['its words in reverse', (text: string) => text.split(' ').toReversed().join(' ')],
];

describe.each(['undici', 'fetch'])('a search over %s', (transport) => {
  let sandbox: Record<ApiName, RecordedApi>;
  /** Refuses every call. */
  let broken: RecordingServer;
  let product: TestProduct;
  let brokenProduct: TestProduct;

  beforeAll(async () => {
    sandbox = await startRecordedSandbox();
    broken = await startStubServer(() => ({ status: 403 }));
    const { elevate, sage200, cro } = sandbox;
    const entries = {
      elevate: overTransport(elevate),
      sage200: overTransport(sage200),
      cro: overTransport(cro),
    };
    product = await startTestProduct(entries);
    brokenProduct = await startTestProduct({
      ...entries,
      sage200: entryFor.sage200(broken.url, { transport }),
    });
  });

  beforeEach(() => {
    for (const { calls } of Object.values(sandbox)) calls.length = 0;
    broken.calls.length = 0;
  });

  afterAll(async () => {
    await Promise.all([product.close(), brokenProduct.close()]);
    await Promise.all([broken.close(), ...Object.values(sandbox).map((api) => api.close())]);
  });

  function overTransport({ source }: RecordedApi): SourceEntry {
    return { ...source, transport };
  }

  function callsOf(api: ApiName): string[] {
    return sandbox[api].calls.map((call) => call.replace('/uk/sage200extra/accounts/v1', ''));
  }

  describe('a party that several back offices know', () => {
    const shared = sharedParties(createWorld(1)).flatMap(({ party, ids }) =>
      Object.entries(spellings(party)).flatMap(([provider, text]) =>
        party.providers.includes(provider) ? [{ text, provider, ids }] : [],
      ),
    );

    it('is in the world 40 times, by 84 spellings', () => {
      expect(shared).toHaveLength(84);
    });

    it.each(shared)('is found everywhere as $provider spells it: $text', async ({ text, ids }) => {
      const found = await search(product, { text, first: 5 });
      expect(found.errors).toEqual([]);
      expect(found.ids).toEqual(
        expect.arrayContaining(Object.entries(ids).map(([source, id]) => `${source}:${id}`)),
      );
    });

    // How a text is spelled makes no difference to the transport.
    it.each(transport === 'undici' ? respellings : respellings.slice(0, 1))(
      'is found in %s too',
      async (_what, respell) => {
        const missing: string[] = [];
        for (const { text, ids } of shared) {
          const found = await search(product, { text: respell(text), first: 5 });
          missing.push(
            ...Object.entries(ids).flatMap(([source, id]) =>
              found.ids.includes(`${source}:${id}`) ? [] : [`${text}: ${source}`],
            ),
          );
        }
        expect(missing).toEqual([]);
      },
      60_000,
    );
  });

  describe('a search', () => {
    it('ranks the first party of the world in all three back offices', async () => {
      const { edges, completeness, pageInfo } = await search(product, { text: 'Harbour & Sons', first: 3 });
      expect(
        edges.map(({ cursor, score, matchedField, node }) => [cursor, score, matchedField, node.name]),
      ).toEqual([
        ['1', 1, 'NAME', 'HARBOUR & SONS'],
        ['2', 0.95, 'NAME', 'Harbour & Sons Ltd'],
        ['3', 0.95, 'NAME', 'Harbour and Sons Limited'],
      ]);
      expect(pageInfo).toEqual({
        hasNextPage: true,
        hasPreviousPage: false,
        startCursor: '1',
        endCursor: '3',
      });
      const fetchedAt = expect.stringMatching(/Z$/);
      expect(completeness).toEqual(
        apiNames.map((name) => ({
          source: { name },
          status: 'COMPLETE',
          code: null,
          reason: null,
          fetchedAt,
        })),
      );
    });

    it('asks each source for two words, 100 rows each', async () => {
      await search(product, { text: 'The Harbour & Sons Ltd' });
      expect(callsOf('elevate').toSorted()).toEqual([
        'GET /v1/customers?page=1&pageSize=101&sort=id&customerName=like:Harbour',
        'GET /v1/customers?page=1&pageSize=101&sort=id&customerName=like:Sons',
      ]);
      expect(callsOf('sage200').toSorted()).toEqual([
        "GET /customers?$filter=contains(name,'Harbour')&$orderby=id asc&$skip=0&$top=101&$expand=main_address,contacts",
        "GET /customers?$filter=contains(name,'Sons')&$orderby=id asc&$skip=0&$top=101&$expand=main_address,contacts",
      ]);
      expect(callsOf('cro').toSorted()).toEqual([
        'GET /customers?page_index=1&page_limit=100&name=*Harbour*',
        'GET /customers?page_index=1&page_limit=100&name=*Sons*',
      ]);
    });

    it('orders by likeness, best first, whatever the source', async () => {
      const { edges } = await search(product, { text: 'Harbour & Sons', first: 50 });
      const scores = edges.map(({ score }) => score);
      expect(scores).toEqual(scores.toSorted((a, b) => b - a));
      expect(new Set(edges.map(({ node }) => node.id)).size).toBe(edges.length);
      expect(edges.length).toBeGreaterThan(10);
    });

    it('finds by part of a name', async () => {
      const { edges } = await search(product, { text: 'Harb', first: 50 });
      expect(edges.length).toBeGreaterThan(3);
      for (const { node } of edges) expect(node.name.toLowerCase()).toContain('harb');
    });

    it('tells a source that holds more than it was asked for', async () => {
      const { completeness } = await search(product, { text: 'a' });
      expect(completeness.map(({ status }) => status)).toEqual(['PARTIAL', 'PARTIAL', 'PARTIAL']);
    });

    it('finds nothing without an error', async () => {
      expect(await search(product, { text: 'Zzyzx' })).toMatchObject({
        edges: [],
        errors: [],
        pageInfo: { hasNextPage: false, startCursor: null, endCursor: null },
      });
    });

    it('is confined to the sources that are named', async () => {
      const { ids, completeness } = await search(product, { text: 'Harbour & Sons', sources: ['cro'] });
      expect(ids.every((id) => id.startsWith('cro:'))).toBe(true);
      expect(completeness.map(({ source }) => source.name)).toEqual(['cro']);
      expect([...callsOf('elevate'), ...callsOf('sage200')]).toEqual([]);
    });

    it('reads what is selected beyond the lists', async () => {
      const { data, errors } = await product.query(
        '{ search(text: "Harbour & Sons", first: 3) { nodes { addresses { postcode } contacts { name } } } }',
      );
      expect(errors).toEqual([]);
      expect(data['search']).toEqual({
        nodes: Array.from({ length: 3 }, () => ({
          addresses: expect.arrayContaining([{ postcode: expect.any(String) }]),
          contacts: expect.arrayContaining([{ name: expect.any(String) }]),
        })),
      });
    });
  });

  describe('a search for a reference', () => {
    it.each([
      ['elevate', 'EL100007'],
      ['elevate', 'el100007'],
      ['sage200', undefined],
    ])('finds the customer of %s by %j', async (source, known) => {
      const { data } = await product.query(`{ customer(id: "${source}:1") { references } }`);
      const text = known ?? String(Object.values(data).flatMap((customer) => referencesOf(customer))[0]);
      const { edges } = await search(product, {
        text: known === 'el100007' ? known.toUpperCase() : text,
        sources: [source],
      });
      expect(edges[0]).toMatchObject({ score: 1, matchedField: 'REFERENCE', node: { id: `${source}:1` } });
    });

    it('asks where references can be asked for', async () => {
      await search(product, { text: 'EL100007' });
      expect(callsOf('elevate').toSorted()).toEqual([
        'GET /v1/customers?page=1&pageSize=101&sort=id&customerAccountNumber=EL100007',
        'GET /v1/customers?page=1&pageSize=101&sort=id&customerName=like:EL100007',
      ]);
      expect(callsOf('sage200').toSorted()).toEqual([
        "GET /customers?$filter=contains(name,'EL100007')&$orderby=id asc&$skip=0&$top=101&$expand=main_address,contacts",
        "GET /customers?$filter=reference eq 'EL100007'&$orderby=id asc&$skip=0&$top=101&$expand=main_address,contacts",
      ]);
      expect(callsOf('cro')).toEqual(['GET /customers?page_index=1&page_limit=100&name=*EL100007*']);
    });

    it('is not made for a text that cannot be one', async () => {
      await search(product, { text: 'Harbour' });
      expect(callsOf('sage200')).toHaveLength(1);
    });
  });

  describe('with one back office out of order', () => {
    it('the others answer, and it is told twice', async () => {
      const { ids, completeness, errors } = await search(brokenProduct, { text: 'Harbour & Sons', first: 4 });
      expect(ids.some((id) => id.startsWith('elevate:'))).toBe(true);
      expect(ids.some((id) => id.startsWith('cro:'))).toBe(true);
      const reason = 'Sage 200 (source "sage200") does not allow this to be read with these credentials.';
      expect(completeness[1]).toEqual({
        source: { name: 'sage200' },
        status: 'FAILED',
        code: 'UPSTREAM_FORBIDDEN',
        reason,
        fetchedAt: null,
      });
      expect(completeness.map(({ status }) => status)).toEqual(['COMPLETE', 'FAILED', 'COMPLETE']);
      expect(errors).toHaveLength(1);
      expect(errors[0]).toMatchObject({
        path: ['search'],
        message: reason,
        extensions: { code: 'UPSTREAM_FORBIDDEN', source: 'sage200', provider: 'sage200' },
      });
    });

    it('and gone, it is told as well', async () => {
      const gone = await startStubServer(() => ({ status: 500 }));
      await gone.close();
      const half = await startTestProduct({
        elevate: overTransport(sandbox.elevate),
        cro: entryFor.cro(gone.url, { transport }),
      });
      const { ids, completeness, errors } = await search(half, { text: 'Harbour & Sons', first: 2 });
      await half.close();
      expect(ids[0]).toMatch(/^elevate:/);
      expect(completeness.map(({ status, code }) => [status, code])).toEqual([
        ['COMPLETE', null],
        ['FAILED', 'UPSTREAM_UNAVAILABLE'],
      ]);
      expect(errors.map(({ path, extensions }) => [path, extensions['code']])).toEqual([
        [['search'], 'UPSTREAM_UNAVAILABLE'],
      ]);
    });

    it('and no other asked, there is an empty answer with the failure', async () => {
      const { ids, completeness, errors } = await search(brokenProduct, {
        text: 'Harbour',
        sources: ['sage200'],
      });
      expect(ids).toEqual([]);
      expect(completeness[0]?.status).toBe('FAILED');
      expect(errors).toHaveLength(1);
    });
  });

  describe('what cannot be searched for is refused without a call:', () => {
    const expected = 'expected 1 to 100 characters, a letter or a digit among them.';

    it.each([
      ['nothing', { text: '' }, `text is "": ${expected}`],
      ['blanks', { text: '  \n ' }, expected],
      ['signs alone', { text: '&& -- !' }, expected],
      ['half a character', { text: '\ud83d' }, expected],
      ['101 characters', { text: 'x'.repeat(101) }, expected],
      ['first: 0', { text: 'a', first: 0 }, 'first is 0: expected a number from 1 to 50.'],
      ['first: 51', { text: 'a', first: 51 }, 'first is 51: expected a number from 1 to 50.'],
      ['an unknown source', { text: 'a', sources: ['nowhere'] }, '"nowhere" is not a source'],
      ['no text', {}, 'text'],
    ])('%s', async (_what, variables, message) => {
      expect(await searchRefused(product, variables)).toEqual({
        code: 'BAD_USER_INPUT',
        message: expect.stringContaining(message),
      });
      expect(apiNames.flatMap(callsOf)).toEqual([]);
    });

    it.each([
      ['100 characters', `Harbour ${'x'.repeat(92)}`],
      ['a word longer than a filter may be', 'x'.repeat(100)],
      ['a word of characters of two units each', `a${'\u{20000}'.repeat(49)}`],
      ['control characters between words', 'Harbour\u0000\nSons'],
      ['half a character beside a word', 'Harbour \ud83d'],
      ['half a character beside a digit', '1\ud83d'],
      ['quotes and operators', `Harbour') or ('1' eq '1 * in:a,b like:c`],
    ])('but not %s', async (_what, text) => {
      expect((await search(product, { text })).errors).toEqual([]);
    });
  });
});
