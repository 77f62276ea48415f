import { pathToFileURL } from 'node:url';
import { composeServices } from '@theguild/federation-composition';
import { parse } from 'graphql';
import { sdl as loyaltySdl } from './subgraph.mjs';

/**
 * Composes customer-graph and the loyalty subgraph.
 *
 * @param {{ customers: string, loyalty: string }} urls the subgraphs' GraphQL endpoints; customer-graph must run
 * @returns the SDL of the supergraph
 * @throws Error with every reason why they do not compose
 */
export async function compose({ customers, loyalty }) {
  const { supergraphSdl, errors = [] } = composeServices([
    { name: 'customers', url: customers, typeDefs: parse(await fetchSdl(customers)) },
    { name: 'loyalty', url: loyalty, typeDefs: parse(loyaltySdl) },
  ]);
  if (supergraphSdl === undefined)
    throw new Error(`The subgraphs do not compose:\n${errors.map(({ message }) => `  - ${message}`).join('\n')}`);
  return supergraphSdl;
}

/** What a subgraph says of itself. */
async function fetchSdl(url) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ _service { sdl } }' }),
  });
  const { data } = await response.json();
  return data._service.sdl;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [customers = 'http://127.0.0.1:4001/graphql', loyalty = 'http://127.0.0.1:4002/'] = process.argv.slice(2);
  console.log(await compose({ customers, loyalty }));
}
