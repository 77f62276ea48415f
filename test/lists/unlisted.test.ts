import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { providers } from '../../src/providers/index.ts';
import type { ListingTraits, Provider } from '../../src/providers/provider.ts';
import { createEntries } from '../graph/support/stub-graph.ts';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { startStubServer, type RecordingServer } from '../support/recording-server.ts';
import { answerList, createCustomers } from './support/listed-apis.ts';

const customers = {
  elevate: createCustomers('elevate', 2),
  sage200: createCustomers('sage200', 2),
  cro: createCustomers('cro', 2),
};
const nameReason = 'Sage 200 has no filter for names here.';

let stub: RecordingServer;
/** Elevate has no list, and Sage 200 none that can be narrowed by name. */
let product: TestProduct;

function relist(
  provider: Provider,
  change: (listing: ListingTraits | undefined) => ListingTraits | undefined,
): Provider {
  return {
    ...provider,
    createSource(options) {
      const source = provider.createSource(options);
      return { ...source, listing: change(source.listing) };
    },
  };
}

beforeAll(async () => {
  stub = await startStubServer((url) => answerList(url, customers));
  product = await startTestProduct(createEntries(stub.url), {
    ...providers,
    elevate: relist(providers.elevate, () => undefined),
    sage200: relist(
      providers.sage200,
      (listing) => listing && { ...listing, unsupportedFilters: { name: nameReason } },
    ),
  });
});

beforeEach(() => {
  stub.calls.length = 0;
});

afterAll(async () => {
  await product.close();
  await stub.close();
});

const elevate = {
  source: { name: 'elevate' },
  status: 'NOT_LISTABLE',
  reason: 'Elevate (source "elevate") has no list of customers.',
  totalCount: null,
};
const selection = 'nodes { id } completeness { source { name } status reason totalCount }';

describe('a source that cannot be asked is left out without a call, and it is said why:', () => {
  it('in a list', async () => {
    const { data, errors } = await product.query(`{ customers { ${selection} } }`);
    expect(errors).toEqual([]);
    expect(data['customers']).toEqual({
      nodes: ['sage200:1', 'cro:1', 'sage200:2', 'cro:2'].map((id) => ({ id })),
      completeness: [
        elevate,
        { source: { name: 'sage200' }, status: 'COMPLETE', reason: null, totalCount: 2 },
        { source: { name: 'cro' }, status: 'COMPLETE', reason: null, totalCount: 2 },
      ],
    });
    expect(stub.calls.filter((call) => call.startsWith('GET /v1/'))).toEqual([]);
  });

  it('in a search', async () => {
    const { data, errors } = await product.query(`{ search(text: "cro 1") { ${selection} } }`);
    expect(errors).toEqual([]);
    expect(data['search']).toMatchObject({
      completeness: [
        elevate,
        { source: { name: 'sage200' }, status: 'FILTER_UNSUPPORTED', reason: nameReason, totalCount: null },
        { source: { name: 'cro' }, status: 'COMPLETE', reason: null },
      ],
    });
    expect(stub.calls.every((call) => call.startsWith('GET /cro/'))).toBe(true);
  });

  it('but not in a search for what may be a reference, which it can be narrowed by', async () => {
    const { data } = await product.query(
      '{ search(text: "AB100", sources: ["sage200"]) { completeness { status } } }',
    );
    expect(data['search']).toEqual({ completeness: [{ status: 'COMPLETE' }] });
    expect(stub.calls).toEqual([expect.stringContaining("?$filter=reference eq 'AB100'&")]);
  });
});
