import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { composeSchemaContract } from '@theguild/federation-composition';
import { parse } from 'graphql';
import { sdl as loyaltySdl } from '../../examples/loyalty-subgraph/src/subgraph.mjs';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { composers, type Composition, type Subgraph } from './support/composers.ts';
import { fetchSdl, printSdl } from './support/federation.ts';

const loyalty: Subgraph = { name: 'loyalty', url: 'http://127.0.0.1:2/', sdl: loyaltySdl };

/** A subgraph of another team that follows Relay too. */
const orders: Subgraph = {
  name: 'orders',
  url: 'http://127.0.0.1:3/',
  sdl: `
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@interfaceObject"])
    type Query { node(id: ID!): Node orders(first: Int): OrderConnection! }
    interface Node { id: ID! }
    type Order implements Node @key(fields: "id") { id: ID! customer: Customer site: ElevateSite placedAt: DateTime }
    type OrderConnection { nodes: [Order!]! pageInfo: PageInfo! }
    type PageInfo @shareable { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }
    type Customer @key(fields: "id") @interfaceObject { id: ID! orders(first: Int): OrderConnection! }
    type ElevateSite @key(fields: "id") { id: ID! orders: [Order!] }
    scalar DateTime
  `,
};

function assertFlawless({ errors, warnings }: Composition): void {
  assert.deepEqual({ errors, warnings }, { errors: [], warnings: [] });
}

let product: TestProduct;
let customers: Subgraph;

before(async () => {
  product = await startTestProduct({});
  customers = { name: 'customers', url: `${product.url}/graphql`, sdl: await fetchSdl(product) };
});

after(() => product.close());

for (const [name, composer] of Object.entries(composers)) {
  describe(`the composer ${name}`, () => {
    test('composes customer-graph alone', () => {
      assertFlawless(composer([customers]));
    });

    test('composes it with a subgraph that extends every customer', () => {
      assertFlawless(composer([customers, loyalty]));
    });

    test('composes it without guards', async () => {
      const sdl = await printSdl('--without-guards');
      assert.doesNotMatch(sdl, /authenticated|requiresScopes/);
      assertFlawless(composer([{ ...customers, sdl }, loyalty]));
    });

    test('composes it with subgraphs that have a "node" and connections of their own, and extend sites', () => {
      assertFlawless(composer([customers, loyalty, orders]));
    });
  });
}

for (const [name, composer] of Object.entries({ apollo: composers.apollo, guild: composers.guild }))
  test(`the supergraph of ${name} says what callers need`, () => {
    const { supergraph = '' } = composer([customers, loyalty]);
    assert.match(
      supergraph,
      /type ElevateBankAccount[^{]*@requiresScopes\(scopes: \[\["customers:bank"\]\]\)/,
    );
    assert.match(supergraph, /vatNumber: String[^\n]*@requiresScopes\(scopes: \[\["customers:finance"\]\]\)/);
    assert.match(supergraph, /@authenticated/);
  });

test('the SDL with cache tags composes under the composer that knows them', async () => {
  const sdl = await printSdl('--cache-tags');
  const { supergraph = '', errors } = composers.apollo([{ ...customers, sdl }, loyalty]);
  assert.deepEqual(errors, []);
  assert.match(supergraph, /cacheTag.*customer-\{\$key\.id\}/);
});

test('a contract without personal data composes, and has none of it', () => {
  const services = [customers, loyalty].map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(sdl) }));
  const contract = composeSchemaContract(
    services,
    { include: new Set(), exclude: new Set(['personal-data']) },
    true,
  );
  assert.deepEqual(contract.errors ?? [], []);
  assert.doesNotMatch(
    contract.publicSdl ?? 'no schema',
    /no schema|Personal data|personal data|firstName|emailAddresses|phoneNumbers|bankAccount|sortCode|directDebit|Sage200Card/,
  );
  assert.match(contract.publicSdl ?? '', /interface Customer/);
});
