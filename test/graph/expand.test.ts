import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { startStubServer, type RecordingServer } from '../support/recording-server.ts';
import { answerEveryCustomer } from './support/endless-apis.ts';
import { createEntries } from './support/stub-graph.ts';

let stub: RecordingServer;
let product: TestProduct;

beforeAll(async () => {
  stub = await startStubServer(answerEveryCustomer);
  product = await startTestProduct(createEntries(stub.url));
});

beforeEach(() => {
  stub.calls.length = 0;
});

afterAll(async () => {
  await product.close();
  await stub.close();
});

/** The `$expand` that the customers of an operation were asked for with. */
async function readExpand(query: string, variables: Record<string, unknown> = {}): Promise<string[]> {
  const { errors } = await product.query(query, { variables });
  expect(errors).toEqual([]);
  const expands = stub.calls
    .filter((call) => call.startsWith('GET /sage/customers'))
    .map((call) => new URL(call.slice('GET '.length), 'http://stub').searchParams.get('$expand') ?? '');
  expect(new Set(expands).size).toBe(1);
  return (expands[0] ?? '').split(',').filter((name) => name !== '');
}

describe('$expand of Sage 200', () => {
  it.each([
    ['no more than scalars', 'name references isActive createdAt nativeId', []],
    ['an address', 'addresses { city }', ['main_address']],
    ['contacts', 'contacts { emailAddresses }', ['contacts']],
    ['both', 'contacts { name } addresses { lines }', ['main_address', 'contacts']],
    ['fields of the type', '... on Sage200Customer { alerts { text } memos { note } }', ['alerts', 'memos']],
    [
      'the same object by two names',
      '... on Sage200Customer { addresses { city } mainAddress { city } }',
      ['main_address'],
    ],
    ['an object within a group', '... on Sage200Customer { credit { memo { note } } }', ['credit_memo_note']],
    ['a group without objects', '... on Sage200Customer { account { status } paymentTerms { days } }', []],
    [
      'fields of other providers',
      '... on ElevateCustomer { sites { name } } ... on CroCustomer { locations { note } }',
      [],
    ],
    ['aliases', '... on Sage200Customer { pinned: cards { id } }', ['cards']],
    [
      'an inline fragment without a type',
      '... { ... on Sage200Customer { liveStatus { isLive } } }',
      ['status'],
    ],
    ['a fragment on an interface that is no customer', '... on Node { id }', []],
  ])('%s', async (_what, selection, expected) => {
    expect(await readExpand(`{ customer(id: "sage200:7") { ${selection} } }`)).toEqual(expected);
  });

  it('follows named fragments, one in another', async () => {
    const query = `
      { customer(id: "sage200:7") { ...Whole } }
      fragment Whole on Customer { name ...Sage }
      fragment Sage on Sage200Customer { memos { note } ...Alerts }
      fragment Alerts on Sage200Customer { alerts { text } }
    `;
    expect(await readExpand(query)).toEqual(['alerts', 'memos']);
  });

  it('asks for the same in all calls of an operation', async () => {
    const query = `{
      a: customer(id: "sage200:7") { addresses { city } }
      b: node(id: "sage200:8") { ... on Sage200Customer { alerts { text } } }
      c: customersByIds(ids: ["sage200:9"]) { contacts { name } }
    }`;
    expect(await readExpand(query)).toEqual(['main_address', 'contacts', 'alerts']);
    expect(stub.calls).toHaveLength(1);
  });
});

describe('$expand with @skip and @include', () => {
  const query = (declared: string) => `
    query (${declared}) {
      customer(id: "sage200:7") {
        name
        addresses @include(if: $on) { city }
        contacts @skip(if: $on) { name }
        ... on Sage200Customer @skip(if: $on) { alerts { text } }
        ... on Sage200Customer @include(if: $on) { memos { note } }
        ...Cards @include(if: $on)
      }
    }
    fragment Cards on Sage200Customer { cards { id } }
  `;
  const ifOn = ['main_address', 'memos', 'cards'];
  const ifOff = ['contacts', 'alerts'];

  it.each([
    ['true', '$on: Boolean!', { on: true }, ifOn],
    ['false', '$on: Boolean!', { on: false }, ifOff],
    ['true by default', '$on: Boolean! = true', {}, ifOn],
    ['false by default', '$on: Boolean! = false', {}, ifOff],
    ['true against the default', '$on: Boolean = false', { on: true }, ifOn],
  ])('by a variable that is %s', async (_what, declared, variables, expected) => {
    expect(await readExpand(query(declared), variables)).toEqual(expected);
  });

  it('by constants', async () => {
    const constants =
      '{ customer(id: "sage200:7") { addresses @skip(if: true) { city } contacts @include(if: true) { name } } }';
    expect(await readExpand(constants)).toEqual(['contacts']);
  });

  it('keeps what is selected again without a condition', async () => {
    const twice = '{ customer(id: "sage200:7") { addresses @skip(if: true) { city } addresses { region } } }';
    expect(await readExpand(twice)).toEqual(['main_address']);
  });
});

it('takes a fragment that is skipped in one place and spread in another', async () => {
  const query = `
    { customer(id: "sage200:7") { ...Cards @skip(if: true) ... on Sage200Customer { ...Cards } } }
    fragment Cards on Sage200Customer { cards { id } }
  `;
  expect(await readExpand(query)).toEqual(['cards']);
});
