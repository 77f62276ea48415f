import { pathToFileURL } from 'node:url';
import { composeServices } from '@theguild/federation-composition';
import { parse } from 'graphql';
import { sdl as loyaltySdl } from './subgraph.mjs';

/**
 * Composes customer-graph and the loyalty subgraph.
 *
 * @param {{ customers: string, loyalty: string }} urls the subgraphs' GraphQL endpoints; customer-graph must run
 * @returns the SDL of the supergraph
 * @throws Error with every reason why they do not compose, or why there is no SDL
 */
export async function compose({ customers, loyalty }) {
  const { supergraphSdl, errors = [] } = composeServices([
    { name: 'customers', url: customers, typeDefs: parse(await fetchSdl(customers)) },
    { name: 'loyalty', url: loyalty, typeDefs: parse(loyaltySdl) },
  ]);
  if (supergraphSdl === undefined)
    throw new Error(
      `The subgraphs do not compose:\n${errors.map(({ message }) => `  - ${message}`).join('\n')}`,
    );
  return supergraphSdl;
}

/** What customer-graph says of itself. Where it asks callers for a token, `AUTHORIZATION` in the environment has one. */
async function fetchSdl(url) {
  const { AUTHORIZATION: authorization } = process.env;
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(authorization === undefined ? {} : { authorization }),
    },
    body: JSON.stringify({ query: '{ _service { sdl } }' }),
  }).catch((error) => {
    const reason = error.cause?.code ?? error.message;
    throw new Error(
      `${url}: found no server (${reason}), expected customer-graph: start it there, or give its URL as the first argument.`,
    );
  });
  const answer = await response.json().catch(() => ({}));
  const sdl = answer.data?._service?.sdl;
  if (typeof sdl === 'string') return sdl;
  const { message, extensions } = answer.errors?.[0] ?? {};
  if (extensions?.code === 'UNAUTHENTICATED') {
    throw new Error(`${url}: ${message} Here: AUTHORIZATION="Bearer <token>" npm run --silent compose`);
  }
  throw new Error(
    `${url}: found ${message === undefined ? `status ${response.status} without an SDL` : `"${message}"`}, expected the endpoint of customer-graph.`,
  );
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [customers = 'http://127.0.0.1:4001/graphql', loyalty = 'http://127.0.0.1:4002/'] =
    process.argv.slice(2);
  try {
    console.log(await compose({ customers, loyalty }));
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
