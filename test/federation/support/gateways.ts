import { ApolloGateway, RemoteGraphQLDataSource } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { composers, type Composer } from './composers.ts';
import { startHiveGateway } from './hive-gateway.mjs';

export interface RunningGateway {
  /** Without a path. */
  readonly url: string;
  close(): Promise<void>;
}

/** A gateway under test, with the composer that goes with it. */
export interface Gateway {
  readonly name: string;
  readonly composer: Composer;
  /**
   * @param supergraph the SDL
   * @param endpoint the path of the GraphQL endpoint
   */
  start(supergraph: string, endpoint?: string): Promise<RunningGateway>;
}

/** Headers of the caller that gateways hand on to customer-graph. */
const forwarded = /^(authorization|x-request-id|x-request-timeout-ms|x-.+-authorization)$/;

interface CallerContext {
  readonly headers?: Readonly<Record<string, string | string[] | undefined>>;
}

class ForwardingDataSource extends RemoteGraphQLDataSource<CallerContext> {
  override willSendRequest({
    request,
    context,
  }: Parameters<NonNullable<RemoteGraphQLDataSource<CallerContext>['willSendRequest']>>[0]): void {
    for (const [name, value] of Object.entries(context.headers ?? {})) {
      if (typeof value === 'string' && forwarded.test(name)) request.http?.headers.set(name, value);
    }
  }
}

export const apolloGateway: Gateway = {
  name: '@apollo/gateway',
  composer: composers.apollo,
  async start(supergraph) {
    const gateway = new ApolloGateway({ supergraphSdl: supergraph, buildService: ({ url = '' }) => new ForwardingDataSource({ url }) });
    const server = new ApolloServer<CallerContext>({ gateway, stopOnTerminationSignals: false, includeStacktraceInErrorResponses: false });
    const { url } = await startStandaloneServer(server, {
      listen: { host: '127.0.0.1', port: 0 },
      context: async ({ req }) => ({ headers: req.headers }),
    });
    // It answers at every path.
    return { url: new URL(url).origin, close: () => server.stop() };
  },
};

export const hiveGateway: Gateway = {
  name: 'Hive Gateway',
  composer: composers.guild,
  start: (supergraph, endpoint = '/graphql') => startHiveGateway({ supergraph, endpoint, forwarded }),
};

export const gateways: readonly Gateway[] = [apolloGateway, hiveGateway];
