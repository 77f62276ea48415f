import { defineProvider } from '../source.ts';
import { createHeaders, settings } from './config.ts';
import { createListing } from './listing.ts';
import { connect } from './loaders.ts';
import { resolvers } from './resolvers.ts';

/** CRO Software, dispatch for hauliers: docs/providers/cro.md. */
export const cro = defineProvider({
  name: 'cro',
  title: 'CRO Software',
  customerType: 'CroCustomer',
  settings,
  capabilities: { customersPerCall: 1 },
  headers: createHeaders,
  connect,
  createListing,
  nodes: {
    location: { type: 'CroLocation', load: (loaders, id) => loaders.locations.load(id) },
  },
  resolvers,
});
