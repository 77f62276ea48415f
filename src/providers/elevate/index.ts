import { defineProvider } from '../source.ts';
import { createHeaders, settings } from './config.ts';
import { createListing } from './listing.ts';
import { connect } from './loaders.ts';
import { resolvers } from './resolvers.ts';

/** Elevate, a telecom billing system: docs/providers/elevate.md. */
export const elevate = defineProvider({
  name: 'elevate',
  title: 'Elevate',
  customerType: 'ElevateCustomer',
  settings,
  capabilities: { customersPerCall: 1 },
  headers: createHeaders,
  connect,
  createListing,
  nodes: {
    site: { type: 'ElevateSite', load: (loaders, id) => loaders.sites.load(id) },
  },
  resolvers,
});
