import { readFileSync } from 'node:fs';
import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginInlineTraceDisabled } from '@apollo/server/plugin/disabled';
import { startStandaloneServer } from '@apollo/server/standalone';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { GraphQLError, parse } from 'graphql';
import { findMember, members } from './members.mjs';

/** The subgraph's SDL. */
export const sdl = readFileSync(new URL('../loyalty.graphql', import.meta.url), 'utf8');

const resolvers = {
  Query: {
    loyaltyMembers(_root, { first }) {
      if (first < 1 || first > 100) {
        throw new GraphQLError(`first is ${first}: expected 1 to 100.`, {
          extensions: { code: 'BAD_USER_INPUT' },
        });
      }
      return members.toSorted((a, b) => b.points - a.points).slice(0, first);
    },
  },
  LoyaltyMember: {
    customer: ({ customerId }) => ({ id: customerId }),
  },
  Customer: {
    __resolveReference: ({ id }) => ({ id }),
    loyalty: ({ id }) => findMember(id) ?? null,
  },
  LoyaltyAccount: {
    tier: ({ points }) => (points >= 5_000 ? 'GOLD' : points >= 1_000 ? 'SILVER' : 'BRONZE'),
  },
};

/**
 * Serves the loyalty subgraph on this machine.
 *
 * @param {{ port: number }} options 0 for any free port
 */
export async function startLoyaltySubgraph({ port }) {
  const server = new ApolloServer({
    schema: buildSubgraphSchema([{ typeDefs: parse(sdl), resolvers }]),
    plugins: [ApolloServerPluginInlineTraceDisabled()],
    stopOnTerminationSignals: false,
  });
  const { url } = await startStandaloneServer(server, { listen: { host: '127.0.0.1', port } });
  return { url, close: () => server.stop() };
}
