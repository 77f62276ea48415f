import { createServer } from 'node:http';
import { createGatewayRuntime } from '@graphql-hive/gateway-runtime';
import { unifiedGraphHandler } from '@graphql-hive/router-runtime';
import * as http from '@graphql-mesh/transport-http';

// Not TypeScript: the gateway's types change those of the product that is tested with it.
export async function startHiveGateway({ supergraph, endpoint, isForwarded }) {
  const gateway = createGatewayRuntime({
    supergraph,
    unifiedGraphHandler,
    transports: { http },
    propagateHeaders: {
      fromClientToSubgraphs: ({ request, subgraphName }) =>
        Object.fromEntries([...request.headers].filter(([name]) => isForwarded(subgraphName, name))),
    },
    graphqlEndpoint: endpoint,
    logging: false,
  });
  const server = createServer((request, response) => void gateway(request, response));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await gateway[Symbol.asyncDispose]();
    },
  };
}
