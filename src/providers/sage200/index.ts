import { defineProvider } from '../source.ts';
import { createHeaders, settings } from './config.ts';
import { createListing } from './listing.ts';
import { connect } from './loaders.ts';
import { idsPerFilter } from './odata.ts';
import { resolvers } from './resolvers.ts';

/** Sage 200, an ERP system: docs/providers/sage200.md. */
export const sage200 = defineProvider({
  name: 'sage200',
  title: 'Sage 200',
  customerType: 'Sage200Customer',
  settings,
  capabilities: { customersPerCall: idsPerFilter },
  headers: createHeaders,
  connect,
  createListing,
  nodes: {},
  resolvers,
});
