/*
 * Apollo Server as a tutorial writes it: the standalone server, a subgraph's schema, resolvers over a normalized shape,
 * DataLoaders in the context, node-fetch.
 */
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { buildSubgraphSchema } from '@apollo/subgraph';
import DataLoader from 'dataloader';
import fetch from 'node-fetch';
import { normalize } from '../normalize.mjs';
import { typeDefs } from './schema.mjs';

const upstream = process.env.UPSTREAM;

async function get(path) {
  const response = await fetch(`${upstream}/${path}`);
  return response.json();
}

async function load(id) {
  const [api, nativeId] = id.split(':');
  const record = await get(`${api}/customers/${nativeId}`);
  return { ...normalize[api](record), record };
}

const createLoader = (loadOne) => new DataLoader((keys) => Promise.all(keys.map(loadOne)));
const createLookupLoader = (collection) => createLoader((id) => get(`sage200/${collection}/${id}`));

const resolveReference = ({ id }, { customers }) => customers.load(id);

const resolvers = {
  Query: {
    customer: (_parent, { id }, { customers }) => customers.load(id),
    customers: (_parent, { ids }, { customers }) => customers.loadMany(ids),
    sageCustomers: (_parent, { ids }, { customers }) => customers.loadMany(ids),
    async list(_parent, { first }) {
      const each = Math.ceil(first / 3);
      const [elevate, sage200, cro] = await Promise.all([
        get(`elevate/customers?page=1&pageSize=${each}&sort=id`),
        get(`sage200/customers?$orderby=id%20asc&$skip=0&$top=${each}`),
        get(`cro/customers?page_index=1&page_limit=${each}`),
      ]);
      return [
        ...elevate.map(normalize.elevate),
        ...sage200.map(normalize.sage200),
        ...cro.results.map(normalize.cro),
      ].slice(0, first);
    },
  },
  ElevateCustomer: { __resolveReference: resolveReference },
  CroCustomer: { __resolveReference: resolveReference },
  Sage200Customer: {
    __resolveReference: resolveReference,
    currency: ({ record }, _args, { currencies }) => currencies.load(record.currency_id),
    priceBand: ({ record }, _args, { priceBands }) => priceBands.load(record.price_band_id),
    country: ({ record }, _args, { countries }) => countries.load(record.country_code_id),
    taxCode: ({ record }, _args, { taxCodes }) => taxCodes.load(record.default_tax_code_id),
  },
};

const server = new ApolloServer({ schema: buildSubgraphSchema([{ typeDefs, resolvers }]) });
await startStandaloneServer(server, {
  listen: { host: '127.0.0.1', port: Number(process.env.PORT) },
  context: async () => ({
    customers: createLoader(load),
    currencies: createLookupLoader('currencies'),
    priceBands: createLookupLoader('price_bands'),
    countries: createLookupLoader('country_codes'),
    taxCodes: createLookupLoader('tax_codes'),
  }),
});
