import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse } from 'graphql';
import { pino } from 'pino';
import { createConfig } from '../../src/config/load-config.ts';
import { noGuards } from '../../src/graph/guards/guards.ts';
import { noProxies } from '../../src/rest/http/proxies.ts';
import { createMetrics } from '../../src/server/metrics.ts';
import { serveGraph, type RunningServer } from '../../src/server/server.ts';

/** Serves the subgraph that Apollo's compatibility suite asks for, by the server of the product. */
export function startProductsSubgraph(sdl: string): Promise<RunningServer> {
  const { server } = createConfig([], {});
  const schema = buildSubgraphSchema([{ typeDefs: parse(sdl), resolvers }]);
  return serveGraph(
    { schema, payloadReads: new Map(), guards: noGuards, clientSdl: sdl },
    {
      server: { ...server, port: 0 },
      auth: { mode: 'none', exposed: false },
      sources: new Map(),
      chooseProxy: noProxies,
      log: pino({ level: 'silent' }),
      metrics: createMetrics(),
    },
  );
}

interface User {
  readonly email: string;
  readonly name?: string;
  readonly totalProductsCreated?: number;
  readonly yearsOfEmployment?: number;
}

const user = {
  email: 'support@apollographql.com',
  name: 'Jane Smith',
  totalProductsCreated: 1_337,
  yearsOfEmployment: 10,
};

const dimensions = { size: 'small', weight: 1, unit: 'kg' };

const research = [
  { study: { caseNumber: '1234', description: 'Federation Study' }, outcome: null },
  { study: { caseNumber: '1235', description: 'Studio Study' }, outcome: null },
];

const products = [
  {
    id: 'apollo-federation',
    sku: 'federation',
    package: '@apollo/federation',
    variation: { id: 'OSS' },
    research: research.slice(0, 1),
  },
  {
    id: 'apollo-studio',
    sku: 'studio',
    package: '',
    variation: { id: 'platform' },
    research: research.slice(1),
  },
].map((product) => ({ ...product, dimensions, createdBy: user, notes: null }));

const deprecated = {
  sku: 'apollo-federation-v1',
  package: '@apollo/federation-v1',
  reason: 'Migrate to Federation V2',
  createdBy: user,
};

interface ProductKey {
  readonly id?: string;
  readonly sku?: string;
  readonly package?: string;
  readonly variation?: { readonly id: string };
}

function findProduct(key: ProductKey) {
  return products.find(({ id, sku, package: name, variation }) => {
    if (key.id !== undefined) return id === key.id;
    return (
      sku === key.sku &&
      (key.package === undefined ? variation.id === key.variation?.id : name === key.package)
    );
  });
}

function findDeprecated({ sku, package: name }: Pick<typeof deprecated, 'sku' | 'package'>) {
  return sku === deprecated.sku && name === deprecated.package ? deprecated : null;
}

const resolvers = {
  Query: {
    product: (_root: unknown, { id }: { id: string }) => findProduct({ id }),
    deprecatedProduct: (_root: unknown, key: Pick<typeof deprecated, 'sku' | 'package'>) =>
      findDeprecated(key),
  },
  Product: { __resolveReference: async (key: ProductKey) => findProduct(key) },
  DeprecatedProduct: { __resolveReference: async (key: typeof deprecated) => findDeprecated(key) },
  ProductResearch: {
    __resolveReference: async ({ study }: (typeof research)[number]) =>
      research.find((known) => known.study.caseNumber === study.caseNumber),
  },
  User: {
    // What the gateway brings along is newer than what is known here.
    __resolveReference: async (reference: User) =>
      reference.email === user.email ? { ...user, ...reference } : reference,
    averageProductsCreatedPerYear({ totalProductsCreated = 0, yearsOfEmployment = 1 }: User): number {
      return Math.round(totalProductsCreated / yearsOfEmployment);
    },
    name: () => user.name,
  },
  Inventory: {
    __resolveReference: async ({ id }: { id: string }) => ({
      id,
      deprecatedProducts: id === 'apollo-oss' ? [deprecated] : [],
    }),
  },
};
