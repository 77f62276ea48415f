/*
 * Apollo Server as a tutorial writes it: the standalone server, resolvers over a normalized shape, a DataLoader in the
 * context, node-fetch.
 */
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import DataLoader from 'dataloader';
import fetch from 'node-fetch';
import { normalize } from '../normalize.mjs';
import { typeDefs } from './schema.mjs';

const upstream = process.env.UPSTREAM;

async function load(id) {
  const [api, nativeId] = id.split(':');
  const response = await fetch(`${upstream}/${api}/customers/${nativeId}`);
  return normalize[api](await response.json());
}

const resolvers = {
  Query: {
    customer: (_parent, { id }, { customers }) => customers.load(id),
    customers: (_parent, { ids }, { customers }) => customers.loadMany(ids),
  },
};

await startStandaloneServer(new ApolloServer({ typeDefs, resolvers }), {
  listen: { host: '127.0.0.1', port: Number(process.env.PORT) },
  context: async () => ({ customers: new DataLoader((ids) => Promise.all(ids.map(load))) }),
});
