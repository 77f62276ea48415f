import { createServer } from 'node:http';
import { createGatewayRuntime } from '@graphql-hive/gateway-runtime';
import { unifiedGraphHandler } from '@graphql-hive/router-runtime';
import * as http from '@graphql-mesh/transport-http';

/**
 * Headers of the caller that customer-graph reads: its own token, and those for sources to which callers bring their
 * own. They are nobody else's business.
 */
const forwarded = {
  customers: /^(authorization|x-request-id|x-request-timeout-ms|x-.+-authorization)$/,
  loyalty: /^x-request-id$/,
};

/**
 * Serves a supergraph by Hive Gateway on this machine.
 *
 * @param {{ supergraph: string, port: number }} options the SDL; 0 for any free port
 */
export async function startGateway({ supergraph, port }) {
  const gateway = createGatewayRuntime({
    supergraph,
    // The planner of Hive Router: with it errors of subgraphs arrive with all their extensions.
    unifiedGraphHandler,
    transports: { http },
    propagateHeaders: {
      fromClientToSubgraphs: ({ request, subgraphName }) =>
        Object.fromEntries([...request.headers].filter(([name]) => forwarded[subgraphName].test(name))),
    },
    logging: 'warn',
  });
  const server = createServer((request, response) => void gateway(request, response));
  await new Promise((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/graphql`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await gateway[Symbol.asyncDispose]();
    },
  };
}
