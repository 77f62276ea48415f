// Hive Gateway by its own command line, untested here (src/gateway.mjs starts the same runtime as a library):
//   npm run --silent compose > supergraph.graphql
//   npm install --no-save @graphql-hive/gateway@2.15.1
//   npx hive-gateway supergraph supergraph.graphql --hive-router-runtime --config-path routers/hive-gateway.config.mjs

// Headers of the caller that customer-graph reads: its own token, and those for sources to which callers bring their
// own. They are nobody else's business.
const forwarded = {
  customers: /^(authorization|x-request-id|x-request-timeout-ms|x-.+-authorization)$/,
  loyalty: /^x-request-id$/,
};

export const gatewayConfig = {
  host: '127.0.0.1',
  port: 4000,
  propagateHeaders: {
    fromClientToSubgraphs: ({ request, subgraphName }) =>
      Object.fromEntries([...request.headers].filter(([name]) => forwarded[subgraphName]?.test(name))),
  },
  // customer-graph answers in 10 seconds, with what it has by then. Give it a little more than that.
  upstreamTimeout: 12_000,
};
