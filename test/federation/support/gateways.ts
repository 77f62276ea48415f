import { ApolloGateway, RemoteGraphQLDataSource } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { GraphQLError } from 'graphql';
import { z } from 'zod';
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
  /** Whether it takes a supergraph that says what callers need. */
  readonly knowsGuards: boolean;
  /**
   * @param supergraph the SDL
   * @param endpoint the path of the GraphQL endpoint
   */
  start(supergraph: string, endpoint?: string): Promise<RunningGateway>;
}

/** Headers of the caller that customer-graph reads. Other subgraphs get the request id alone. */
const forwarded = /^(authorization|x-request-id|x-request-timeout-ms|x-.+-authorization)$/;

function isForwarded(subgraph: string, header: string): boolean {
  return subgraph === 'customers' ? forwarded.test(header) : header === 'x-request-id';
}

interface CallerContext {
  readonly headers?: Readonly<Record<string, string | string[] | undefined>>;
}

type DataSource = RemoteGraphQLDataSource<CallerContext>;

const refusal = z.object({
  errors: z.tuple(
    [z.object({ message: z.string(), extensions: z.record(z.string(), z.unknown()) })],
    z.unknown(),
  ),
});

class SubgraphDataSource extends RemoteGraphQLDataSource<CallerContext> {
  readonly #subgraph: string;

  constructor(subgraph: string, url: string) {
    super({ url });
    this.#subgraph = subgraph;
  }

  override willSendRequest({
    request,
    context,
  }: Parameters<NonNullable<DataSource['willSendRequest']>>[0]): void {
    for (const [name, value] of Object.entries(context.headers ?? {})) {
      if (typeof value === 'string' && isForwarded(this.#subgraph, name))
        request.http?.headers.set(name, value);
    }
  }

  /** The error that was sent, instead of one that has it in its extensions together with the subgraph's address. */
  override async errorFromResponse(
    response: Parameters<DataSource['errorFromResponse']>[0],
  ): Promise<GraphQLError> {
    const { success, data } = refusal.safeParse(await this.parseBody(response));
    if (!success)
      return new GraphQLError(`The subgraph "${this.#subgraph}" answered with status ${response.status}.`);
    const [{ message, extensions }] = data.errors;
    return new GraphQLError(message, { extensions: { ...extensions, serviceName: this.#subgraph } });
  }
}

export const apolloGateway: Gateway = {
  name: '@apollo/gateway',
  composer: composers.apollo,
  knowsGuards: false,
  async start(supergraph) {
    const gateway = new ApolloGateway({
      supergraphSdl: supergraph,
      buildService: ({ name, url = '' }) => new SubgraphDataSource(name, url),
    });
    const server = new ApolloServer<CallerContext>({
      gateway,
      stopOnTerminationSignals: false,
      includeStacktraceInErrorResponses: false,
    });
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
  knowsGuards: true,
  start: (supergraph, endpoint = '/graphql') => startHiveGateway({ supergraph, endpoint, isForwarded }),
};

export const gateways: readonly Gateway[] = [apolloGateway, hiveGateway];
