import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createHash, createHmac } from 'node:crypto';
import { createEntries } from '../graph/support/stub-graph.ts';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { startStubServer, type RecordingServer } from '../support/recording-server.ts';
import { readPage, readRefusal } from './support/list-page.ts';
import { answerList, createCustomers } from './support/listed-apis.ts';

const customers = {
  elevate: createCustomers('elevate', 9),
  sage200: createCustomers('sage200', 9),
  cro: createCustomers('cro', 9),
};
const filter = { name: 'a' };

let stub: RecordingServer;
let product: TestProduct;
/** Of the second edge of a page. */
let cursor: string;

beforeAll(async () => {
  stub = await startStubServer((url) => answerList(url, customers));
  product = await startTestProduct(createEntries(stub.url));
  cursor = (await readPage(product, { first: 4, filter })).edges[1]?.cursor ?? '';
});

beforeEach(() => {
  stub.calls.length = 0;
});

afterAll(async () => {
  await product.close();
  await stub.close();
});

/** As another server would write it: the form and the key of its seal are no secret. */
function sealed(form: unknown, { version = '2', key = 'customer-graph cursor 2' } = {}): string {
  const text = Buffer.from(typeof form === 'string' ? form : JSON.stringify(form)).toString('base64url');
  return `${version}.${text}.${createHmac('sha256', key).update(text).digest('base64url').slice(0, 16)}`;
}

function digestOf(name: string): string {
  return createHash('sha256')
    .update(JSON.stringify([null, { name }]))
    .digest('base64url')
    .slice(0, 12);
}

/** The content of a cursor that is behind a place of Elevate's list. */
function formOf(place: unknown): object {
  return { f: digestOf('a'), o: { elevate: place }, d: [] };
}

/** What is said of a cursor, and what was called for it. */
async function tell(after: string, narrowedBy: Record<string, unknown> = filter): Promise<object> {
  return { ...(await readRefusal(product, { first: 4, after, filter: narrowedBy })), calls: stub.calls };
}

function refused(message: RegExp): object {
  return { code: 'BAD_USER_INPUT', message: expect.stringMatching(message), calls: [] };
}

const notGiven = /not one that this server gave/;

describe('a cursor is refused, and nothing is called,', () => {
  it('when any of its characters is another', async () => {
    for (let index = 0; index < cursor.length; index += 1) {
      for (const other of ['A', '.', 'é'].filter((character) => character !== cursor[index])) {
        const after = cursor.slice(0, index) + other + cursor.slice(index + 1);
        expect({ after, ...(await tell(after)) }).toEqual({ after, ...refused(notGiven) });
      }
    }
  }, 60_000);

  it('when it is cut at either end, or longer', async () => {
    for (let length = 0; length < cursor.length; length += 1) {
      for (const after of [cursor.slice(0, length), cursor.slice(cursor.length - length)]) {
        // What is left of it may begin like a cursor of another version.
        expect({ after, ...(await tell(after)) }).toEqual({
          after,
          ...refused(/not one that this server gave|another version/),
        });
      }
    }
    for (const longer of [
      `${cursor}A`,
      `${cursor}.`,
      `${cursor}.A`,
      ` ${cursor}`,
      `${cursor}\n`,
      `A${cursor}`,
    ]) {
      expect(await tell(longer)).toEqual(refused(notGiven));
    }
  }, 60_000);

  it.each([
    ['empty', ''],
    ['made up', 'abc'],
    ['the cursor of another server', 'Y3Vyc29yOjIw'],
    ['an id', 'elevate:1'],
    ['of 100 kB', `2.${'A'.repeat(100_000)}.${'A'.repeat(16)}`],
    ['of 100 kB without a point', 'A'.repeat(100_000)],
    ['of blanks', '   '],
    ['of letters outside ASCII', '2.é.éééééééééééééééé'],
    ['half a character', '2.\ud800.\ud800'],
  ])('when it is %s', async (_what, after) => {
    expect(await tell(after)).toEqual(refused(notGiven));
  });

  it('when it has the seal of another product', async () => {
    expect(await tell(sealed(formOf({ n: 1, i: ['1'] }), { key: 'another product' }))).toEqual(
      refused(notGiven),
    );
  });

  it.each(['0', '3', '10'])('when it is of version %s', async (version) => {
    const form = formOf({ n: 1, i: ['1'] });
    expect(await tell(sealed(form, { version, key: `customer-graph cursor ${version}` }))).toEqual(
      refused(/another version/),
    );
    expect(await tell(cursor.replace(/^2/, version))).toEqual(refused(/another version/));
  });

  it('when it counts rows, as those of version 1 did', async () => {
    const form = { f: digestOf('a'), o: { elevate: [1, '1'], sage200: [1, '1'] }, d: [] };
    const given = sealed(form, { version: '1', key: 'customer-graph cursor 1' });
    expect(await tell(given)).toEqual(refused(/another version/));
  });

  it.each([
    ['no JSON', '{'],
    ['nothing', ''],
    ['null', 'null'],
    ['a list', '[]'],
    ['without places', JSON.stringify({ f: digestOf('a'), d: [] })],
    ['an offset below 0', JSON.stringify(formOf({ n: -1, i: ['1'] }))],
    ['half an offset', JSON.stringify(formOf({ n: 0.5, i: ['1'] }))],
    ['an offset past all numbers', JSON.stringify(formOf({ n: 1, i: ['1'] })).replace(':1,', ':1e300,')],
    ['an offset that is a text', JSON.stringify(formOf({ n: '1', i: ['1'] }))],
    ['an offset without ids', JSON.stringify(formOf({ n: 1 }))],
    ['a place that is a number', JSON.stringify(formOf(1))],
    ['an id that is none', JSON.stringify(formOf({ n: 1, i: ['../1'] }))],
    ['an id that is a number', JSON.stringify(formOf({ n: 1, i: [1] }))],
    ['more ids than are remembered', JSON.stringify(formOf({ n: 6, i: ['1', '2', '3', '4', '5', '6'] }))],
    ['an order that is none', JSON.stringify(formOf({ n: 1, i: ['1'], x: 1 }))],
    ['a token of 3 kB', JSON.stringify(formOf({ n: 1, i: ['1'], p: ['A'.repeat(3_000), 0] }))],
    [
      'a source that can have no such name',
      JSON.stringify({ f: digestOf('a'), o: { 'a b': { n: 1, i: ['1'] } }, d: [] }),
    ],
    ['a key that is not known', JSON.stringify({ f: digestOf('a'), o: {}, d: [], x: 1 })],
  ])('when its content is sealed but %s', async (_what, text) => {
    expect(await tell(sealed(text))).toEqual(refused(notGiven));
  });

  it.each([
    ['another name', { name: 'b' }],
    ['a further condition', { name: 'a', activeOnly: true }],
    ['other sources', { name: 'a', sources: ['elevate'] }],
    ['none', {}],
  ])('when the filter is %s', async (_what, other) => {
    expect(await tell(cursor, other)).toEqual(refused(/another filter/));
  });
});

// What is refused makes no call: only these depend on the transport.
describe.each(['undici', 'fetch'])('over %s', (transport) => {
  let caller: TestProduct;

  beforeAll(async () => {
    caller = await startTestProduct(createEntries(stub.url, { transport }));
  });

  afterAll(() => caller.close());

  describe('a cursor', () => {
    it('is good as it was given, whatever the page size', async () => {
      const { ids, pageInfo } = await readPage(caller, { first: 3, after: cursor, filter });
      expect(ids).toEqual(['elevate:2', 'sage200:2', 'cro:1']);
      expect(pageInfo).toMatchObject({ hasPreviousPage: true, hasNextPage: true });
      expect(stub.calls).toHaveLength(3);
    });

    it('has the form that these tests forge', async () => {
      const place = { n: 1, i: ['1'] };
      const forged = sealed({ f: digestOf('a'), o: { elevate: place, sage200: place }, d: [] });
      expect(forged).toBe(cursor);
    });

    it('holds how far each source has come, and no filter', () => {
      const text = Buffer.from(cursor.split('.')[1] ?? '', 'base64url').toString();
      expect(JSON.parse(text)).toEqual({
        f: expect.stringMatching(/^[\w-]{12}$/),
        o: { elevate: { n: 1, i: ['1'] }, sage200: { n: 1, i: ['1'] } },
        d: [],
      });
    });
  });

  describe('a filter is the same', () => {
    it.each([
      ['with blanks around the name', { name: '  a ' }],
      ['with what holds anyway', { name: 'a', activeOnly: false }],
      ['with nulls', { name: 'a', reference: null, updatedSince: null, sources: null }],
    ])('%s', async (_what, same) => {
      const { ids } = await readPage(caller, { first: 2, after: cursor, filter: same });
      expect(ids).toEqual(['elevate:2', 'cro:1']);
    });

    it('with the same instant in another zone', async () => {
      const page = await readPage(caller, {
        first: 1,
        filter: { sources: ['elevate'], updatedSince: '2026-01-01T12:00:00+02:00' },
      });
      const after = page.pageInfo.endCursor;
      const { ids } = await readPage(caller, {
        first: 1,
        after,
        filter: { sources: ['elevate'], updatedSince: '2026-01-01T10:00:00.000Z' },
      });
      expect(ids).toEqual(['elevate:2']);
    });
  });
});
