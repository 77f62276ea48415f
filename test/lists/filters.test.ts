import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createEntries } from '../graph/support/stub-graph.ts';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { startStubServer, type RecordingServer } from '../support/recording-server.ts';
import { readPage, readRefusal, statuses, walk } from './support/list-page.ts';
import { answerList, createCustomers } from './support/listed-apis.ts';

const customers = {
  elevate: createCustomers('elevate', 5),
  sage200: createCustomers('sage200', 5),
  cro: createCustomers('cro', 5),
};

describe.each(['undici', 'fetch'])('filters over %s', (transport) => {
  let stub: RecordingServer;
  /** CRO knows its zone in the one, and not in the other. */
  let product: TestProduct;
  let productWithoutZone: TestProduct;

  beforeAll(async () => {
    stub = await startStubServer((url) => answerList(url, customers));
    const entries = createEntries(stub.url, { transport });
    product = await startTestProduct({
      ...entries,
      cro: { ...entries.cro, timeZone: 'America/Los_Angeles' },
    });
    productWithoutZone = await startTestProduct(entries);
  });

  beforeEach(() => {
    stub.calls.length = 0;
    stub.requests.length = 0;
  });

  afterAll(async () => {
    await Promise.all([product.close(), productWithoutZone.close()]);
    await stub.close();
  });

  /** The query that a source is asked with for a page of 3, in the order of its parameters. */
  async function queryOf(source: string, filter: Record<string, unknown>): Promise<[string, string][]> {
    const page = await readPage(product, { first: 3, filter: { ...filter, sources: [source] } });
    expect(page.errors).toEqual([]);
    expect(stub.requests).toHaveLength(1);
    return [...new URL(stub.requests[0]?.url ?? '', 'http://stub').searchParams];
  }

  const elevatePage: [string, string][] = [
    ['page', '1'],
    ['pageSize', '4'],
    ['sort', 'id'],
  ];
  const sagePage: [string, string][] = [
    ['$orderby', 'id asc'],
    ['$skip', '0'],
    ['$top', '4'],
  ];
  const croPage: [string, string][] = [
    ['page_index', '1'],
    ['page_limit', '100'],
  ];

  describe('a filter becomes a query of Elevate', () => {
    it.each([
      ['none', {}, []],
      ['name', { name: ' Harbour & Sons ' }, [['customerName', 'like:Harbour & Sons']]],
      ['name that looks like an operator', { name: 'in:a,b' }, [['customerName', 'like:in:a,b']]],
      ['name with a quote', { name: `O'Brien "Zoë" 100%` }, [['customerName', `like:O'Brien "Zoë" 100%`]]],
      ['reference', { reference: 'EL100007' }, [['customerAccountNumber', 'EL100007']]],
      [
        'reference that looks like a search',
        { reference: 'like:E' },
        [['customerAccountNumber', 'in:like:E']],
      ],
      ['reference that looks like a list', { reference: 'in:A,B' }, [['customerAccountNumber', 'in:in:A B']]],
      [
        'updatedSince',
        { updatedSince: '2026-03-01T10:00:00+01:00' },
        [['updatedDate', 'gt:2026-03-01T08:59:59Z']],
      ],
      [
        'updatedSince within a second',
        { updatedSince: '2026-03-01T10:00:00.001Z' },
        [['updatedDate', 'gt:2026-03-01T10:00:00Z']],
      ],
      [
        'all of them',
        { name: 'a', reference: 'B', updatedSince: '2026-03-01T00:00:00Z' },
        [
          ['customerName', 'like:a'],
          ['customerAccountNumber', 'B'],
          ['updatedDate', 'gt:2026-02-28T23:59:59Z'],
        ],
      ],
    ])('%s', async (_what, filter, expected) => {
      expect(await queryOf('elevate', filter)).toEqual([...elevatePage, ...expected]);
    });
  });

  describe('a filter becomes a query of Sage 200', () => {
    it.each([
      ['none', {}, undefined],
      ['name', { name: ' Harbour & Sons ' }, `contains(name,'Harbour & Sons')`],
      ['name with quotes', { name: `O'Brien's` }, `contains(name,'O''Brien''s')`],
      ['name that ends the text', { name: `') or (1 eq 1` }, `contains(name,''') or (1 eq 1')`],
      ['name with wildcards', { name: '%_*' }, `contains(name,'%_*')`],
      ['reference', { reference: `HAW'01` }, `reference eq 'HAW''01'`],
      [
        'updatedSince',
        { updatedSince: '2026-03-01T10:00:00+01:00' },
        'date_time_updated ge 2026-03-01T09:00:00.000Z',
      ],
      [
        'updatedSince finer than it takes',
        { updatedSince: '2026-03-01T10:00:00.0019999Z' },
        'date_time_updated ge 2026-03-01T10:00:00.001Z',
      ],
      ['activeOnly', { activeOnly: true }, `account_status_type eq 'AccountStatusActive'`],
      ['activeOnly: false', { activeOnly: false }, undefined],
      [
        'all of them',
        { activeOnly: true, updatedSince: '2026-03-01T00:00:00Z', reference: 'B', name: 'a' },
        `contains(name,'a') and reference eq 'B' and date_time_updated ge 2026-03-01T00:00:00.000Z and account_status_type eq 'AccountStatusActive'`,
      ],
    ])('%s', async (_what, filter, expected) => {
      const query = await queryOf('sage200', filter);
      expect(query).toEqual([...(expected === undefined ? [] : [['$filter', expected]]), ...sagePage]);
    });
  });

  describe('a filter becomes a query of CRO', () => {
    it.each([
      ['none', {}, []],
      ['name', { name: ' Harbour & Sons ' }, [['name', '*Harbour & Sons*']]],
      ['name with wildcards', { name: '*a*b*' }, [['name', '*ab*']]],
      [
        'updatedSince in winter',
        { updatedSince: '2026-03-01T10:00:00+01:00' },
        [['last_updated_gte', '2026-03-01T01:00:00']],
      ],
      [
        'updatedSince in summer',
        { updatedSince: '2026-07-01T10:00:00Z' },
        [['last_updated_gte', '2026-07-01T03:00:00']],
      ],
      // On 2026-11-01 clocks show the hour from 1 to 2 twice: what is changed after 1:50 may be marked 1:00.
      [
        'updatedSince before clocks are put back',
        { updatedSince: '2026-11-01T08:50:00Z' },
        [['last_updated_gte', '2026-11-01T01:00:00']],
      ],
      [
        'updatedSince well before that',
        { updatedSince: '2026-11-01T07:30:00Z' },
        [['last_updated_gte', '2026-11-01T00:30:00']],
      ],
      [
        'updatedSince in the second of both hours',
        { updatedSince: '2026-11-01T09:30:00Z' },
        [['last_updated_gte', '2026-11-01T01:30:00']],
      ],
      [
        'updatedSince before clocks are put forward',
        { updatedSince: '2026-03-08T09:50:00Z' },
        [['last_updated_gte', '2026-03-08T01:50:00']],
      ],
      [
        'updatedSince finer than it takes',
        { updatedSince: '2026-07-01T10:00:00.123456789Z' },
        [['last_updated_gte', '2026-07-01T03:00:00.123456']],
      ],
      ['activeOnly', { activeOnly: true }, [['active', 'true']]],
      [
        'all of them',
        { activeOnly: true, updatedSince: '2026-07-01T10:00:00Z', name: 'a' },
        [
          ['name', '*a*'],
          ['last_updated_gte', '2026-07-01T03:00:00'],
          ['active', 'true'],
        ],
      ],
    ])('%s', async (_what, filter, expected) => {
      expect(await queryOf('cro', filter)).toEqual([...croPage, ...expected]);
    });

    it('is not asked for a name of wildcards alone, which would list everybody', async () => {
      const page = await readPage(product, { filter: { name: ' ** * ', sources: ['cro'] } });
      expect({ ids: page.ids, hasNextPage: page.pageInfo.hasNextPage }).toEqual({
        ids: [],
        hasNextPage: false,
      });
      expect(stub.calls).toEqual([]);
    });
  });

  it.each(['100% & co #1 ?x=y/z', 'a+b', 'ü’“”漢字🚚', '\\', '%2A', '$top=1'])(
    'the name %j reaches each source as it is',
    async (name) => {
      await readPage(product, { first: 3, filter: { name } });
      const values = stub.requests.map(({ url }) => {
        const parameters = new URL(url ?? '', 'http://stub').searchParams;
        return parameters.get('customerName') ?? parameters.get('$filter') ?? parameters.get('name');
      });
      expect(values).toHaveLength(3);
      expect(values).toEqual(
        expect.arrayContaining([`like:${name}`, `contains(name,'${name}')`, `*${name}*`]),
      );
    },
  );

  describe('what a source cannot be narrowed by', () => {
    const activeReason = 'Elevate documents no filter for customers whose end date has not passed.';
    const referenceReason = "CRO documents no filter for a customer's reference numbers.";
    const zoneReason =
      "CRO compares times without zone: set the source's `timeZone` to turn an instant into one.";

    it.each([
      ['elevate', 'activeOnly', { activeOnly: true }, activeReason],
      ['cro', 'reference', { reference: 'A' }, referenceReason],
      ['cro', 'updatedSince without a zone', { updatedSince: '2026-01-01T00:00:00Z' }, zoneReason],
    ])('leaves %s out for %s, says why, and does not call it', async (source, _what, filter, reason) => {
      // In a process that knows already that a short page is the last one.
      await readPage(productWithoutZone, { first: 50, filter });
      stub.calls.length = 0;
      const page = await readPage(productWithoutZone, { first: 50, filter });
      expect(page.completeness.find((each) => each.source.name === source)).toEqual({
        source: { name: source },
        status: 'FILTER_UNSUPPORTED',
        code: null,
        reason,
        fetchedAt: null,
      });
      expect(page.errors).toEqual([]);
      expect(page.ids).toHaveLength(10);
      expect(page.pageInfo.hasNextPage).toBe(false);
      const prefix = { elevate: 'GET /v1/', cro: 'GET /cro/' }[source] ?? '';
      expect(stub.calls.filter((call) => call.startsWith(prefix))).toEqual([]);
      expect(stub.calls).toHaveLength(2);
    });

    it('leaves an empty list where it is the only source', async () => {
      const page = await readPage(productWithoutZone, { filter: { activeOnly: true, sources: ['elevate'] } });
      expect(statuses(page)).toEqual(['elevate FILTER_UNSUPPORTED']);
      expect(page.pageInfo).toEqual({
        hasNextPage: false,
        hasPreviousPage: false,
        startCursor: null,
        endCursor: null,
      });
      expect(stub.calls).toEqual([]);
    });

    it('can be read beforehand', async () => {
      const { data } = await productWithoutZone.query(
        '{ sources { name capabilities { isListable canCount maxPageSize filters unsupportedFilters { name reason } } } }',
      );
      expect(data).toEqual({
        sources: [
          {
            name: 'elevate',
            capabilities: {
              isListable: true,
              canCount: false,
              maxPageSize: 999,
              filters: ['NAME', 'REFERENCE', 'UPDATED_SINCE'],
              unsupportedFilters: [{ name: 'ACTIVE_ONLY', reason: activeReason }],
            },
          },
          {
            name: 'sage200',
            capabilities: {
              isListable: true,
              canCount: true,
              maxPageSize: 4_999,
              filters: ['NAME', 'REFERENCE', 'UPDATED_SINCE', 'ACTIVE_ONLY'],
              unsupportedFilters: [],
            },
          },
          {
            name: 'cro',
            capabilities: {
              isListable: true,
              canCount: true,
              maxPageSize: 1_000,
              filters: ['NAME', 'ACTIVE_ONLY'],
              unsupportedFilters: [
                { name: 'REFERENCE', reason: referenceReason },
                { name: 'UPDATED_SINCE', reason: zoneReason },
              ],
            },
          },
        ],
      });
      const { data: withZone } = await product.query('{ sources { name capabilities { filters } } }');
      expect(withZone['sources']).toContainEqual({
        name: 'cro',
        capabilities: { filters: ['NAME', 'UPDATED_SINCE', 'ACTIVE_ONLY'] },
      });
      expect(stub.calls).toEqual([]);
    });
  });

  describe('what cannot be asked for is refused without a call:', () => {
    it.each([
      [
        'an unknown source',
        { filter: { sources: ['elevate', 'nowhere'] } },
        '"nowhere" is not a source: expected one of "elevate", "sage200", "cro".',
      ],
      [
        'a source that looks like a key',
        { filter: { sources: ['__proto__'] } },
        '"__proto__" is not a source',
      ],
      ['first: 0', { first: 0 }, 'first is 0: expected a number from 1 to 100.'],
      ['first: 101', { first: 101 }, 'first is 101: expected a number from 1 to 100.'],
      ['first: -1', { first: -1 }, 'first is -1: expected a number from 1 to 100.'],
      ['a name of 61 characters', { filter: { name: 'x'.repeat(61) } }, 'expected 1 to 60 characters'],
      ['an empty name', { filter: { name: '' } }, 'filter.name is "": expected 1 to 60 characters'],
      ['a name of blanks', { filter: { name: '   ' } }, 'expected 1 to 60 characters'],
      ['a name with a line break', { filter: { name: 'a\nb' } }, 'none of them a control character'],
      ['a name with NUL', { filter: { name: 'a\u0000b' } }, 'none of them a control character'],
      ['half a character in a name', { filter: { name: 'a\ud83db' } }, 'expected 1 to 60 characters'],
      ['a reference of 61 characters', { filter: { reference: 'x'.repeat(61) } }, 'filter.reference is'],
      ['an empty reference', { filter: { reference: ' ' } }, 'filter.reference is'],
      ['a reference with a tab', { filter: { reference: 'a\tb' } }, 'filter.reference is'],
      [
        'the 30th of February',
        { filter: { updatedSince: '2026-02-30T00:00:00Z' } },
        'expected a date and time that exist',
      ],
      [
        'the 13th month',
        { filter: { updatedSince: '2026-13-01T00:00:00Z' } },
        'expected a date and time that exist',
      ],
      [
        '25 o’clock',
        { filter: { updatedSince: '2026-01-01T25:00:00Z' } },
        'expected a date and time that exist',
      ],
      ['a time without zone', { filter: { updatedSince: '2026-01-01T00:00:00' } }, 'DateTime'],
      ['a day', { filter: { updatedSince: '2026-01-01' } }, 'DateTime'],
      ['an unknown filter', { filter: { postcode: 'HX1' } }, 'postcode'],
    ])('%s', async (_what, variables, message) => {
      expect(await readRefusal(product, variables)).toEqual({
        code: 'BAD_USER_INPUT',
        message: expect.stringContaining(message),
      });
      expect(stub.calls).toEqual([]);
    });

    it.each([
      ['first: 1', { first: 1 }],
      ['first: 100', { first: 100 }],
      ['a name of 60 characters', { filter: { name: 'x'.repeat(60) } }],
      ['a source named twice', { filter: { sources: ['cro', 'cro'] } }],
    ])('but not %s', async (_what, variables) => {
      const { errors, ids } = await readPage(product, variables);
      expect(errors).toEqual([]);
      expect(new Set(ids).size).toBe(ids.length);
    });
  });

  describe('sources', () => {
    it('are listed in the order in which they are named', async () => {
      const page = await readPage(product, { first: 4, filter: { sources: ['cro', 'elevate'] } });
      expect(page.ids).toEqual(['cro:1', 'elevate:1', 'cro:2', 'elevate:2']);
      expect(page.completeness.map(({ source }) => source.name)).toEqual(['cro', 'elevate']);
    });

    it('may be none', async () => {
      const page = await readPage(product, { filter: { sources: [] } });
      expect({ ids: page.ids, completeness: page.completeness, calls: stub.calls }).toEqual({
        ids: [],
        completeness: [],
        calls: [],
      });
    });

    it('may be one: its pages are as large as they can be', async () => {
      const pages = await walk(product, { first: 2, filter: { sources: ['elevate'] } });
      expect(pages.map(({ ids }) => ids.length)).toEqual([2, 2, 1]);
    });
  });
});
