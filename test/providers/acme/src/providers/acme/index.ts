import { defineProvider } from '../source.ts';
import { createHeaders, settings } from './config.ts';
import { createListing } from './listing.ts';
import { connect, idsPerCall } from './loaders.ts';
import { resolvers } from './resolvers.ts';

/** Acme, an invented system: docs/providers/acme.md. */
export const acme = defineProvider({
  name: 'acme',
  title: 'Acme',
  customerType: 'AcmeCustomer',
  settings,
  capabilities: { customersPerCall: idsPerCall },
  ids: {
    key: 'client_ref',
    pattern: /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/,
    noun: 'uuid',
  },
  headers: createHeaders,
  connect,
  createListing,
  nodes: {
    depot: { type: 'AcmeDepot', load: (loaders, id) => loaders.depots.load(id) },
  },
  resolvers,
});
