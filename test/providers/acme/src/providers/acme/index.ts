import { defineProvider } from '../source.ts';
import { createHeaders, settings } from './config.ts';
import { connect, idsPerCall } from './loaders.ts';
import { resolvers } from './resolvers.ts';

/** Acme, an invented system: the smallest provider that satisfies the contract. */
export const acme = defineProvider({
  name: 'acme',
  title: 'Acme',
  customerType: 'AcmeCustomer',
  settings,
  capabilities: { customersPerCall: idsPerCall },
  headers: createHeaders,
  connect,
  nodes: {
    depot: { type: 'AcmeDepot', load: (loaders, id) => loaders.depots.load(id) },
  },
  resolvers,
});
