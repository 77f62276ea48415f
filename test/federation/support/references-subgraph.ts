import type { IncomingHttpHeaders } from 'node:http';
import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginInlineTraceDisabled } from '@apollo/server/plugin/disabled';
import { startStandaloneServer } from '@apollo/server/standalone';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse } from 'graphql';

/** A subgraph that refers to customers by the ids it is asked for. */
export const referencesSdl = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@interfaceObject"])

  type Query {
    references(ids: [ID!]!): [Reference!]!
  }

  type Reference {
    customer: Customer
  }

  type Customer @key(fields: "id") @interfaceObject {
    id: ID!
  }
`;

export interface ReferencesSubgraph {
  readonly url: string;
  /** The headers of every request so far. */
  readonly received: readonly IncomingHttpHeaders[];
  close(): Promise<void>;
}

export async function startReferencesSubgraph(): Promise<ReferencesSubgraph> {
  const received: IncomingHttpHeaders[] = [];
  const resolvers = {
    Query: {
      references: (_root: unknown, { ids }: { ids: string[] }) => ids.map((id) => ({ customer: { id } })),
    },
  };
  const server = new ApolloServer({
    schema: buildSubgraphSchema([{ typeDefs: parse(referencesSdl), resolvers }]),
    plugins: [ApolloServerPluginInlineTraceDisabled()],
    stopOnTerminationSignals: false,
  });
  const { url } = await startStandaloneServer(server, {
    listen: { host: '127.0.0.1', port: 0 },
    async context({ req }) {
      received.push(req.headers);
      return {};
    },
  });
  return { url, received, close: () => server.stop() };
}
