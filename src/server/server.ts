import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { isExposed } from '../config/exposure.ts';
import type { Config } from '../config/load-config.ts';
import { namesOfScopes } from '../graph/guards/scope-names.ts';
import { createGraph, type Graph } from '../graph/schema.ts';
import type { Sources } from '../graph/sources.ts';
import type { Provider } from '../providers/provider.ts';
import { createAdmission } from './admission.ts';
import type { ProxyChoice } from '../rest/http/proxies.ts';
import { createCallerCheck } from './callers/caller-check.ts';
import { createClients } from './clients.ts';
import { registerGraphql, startApollo } from './graphql.ts';
import { allowOrigins } from './cors.ts';
import { limitConnections } from './connections.ts';
import { createHost, maxBodyBytes, registerHealth } from './host.ts';
import { boundsOf } from './limits/limits.ts';
import { createListeners } from './listen.ts';
import type { Metrics } from './metrics.ts';
import { redirectBrowsers } from './page-redirect.ts';
import { registerPage } from './page.ts';
import { createRefusals } from './refusals.ts';
import { registerSchemaFile } from './schema-file.ts';
import { stopServing } from './stop.ts';

/** A running server. */
export interface RunningServer {
  /** `http://127.0.0.1:4000` */
  readonly url: string;
  /** Where health, metrics and page are, if they have an address of their own. */
  readonly adminUrl: string | undefined;
  /**
   * Stops in an orderly way: says that it is not ready, takes requests for `drainMs` more, lets those under way
   * finish for `graceMs`, then ends them with what they have.
   */
  drain(): Promise<void>;
  /** The same without waiting for others to take notice. However often it is called, it happens once. */
  close(): Promise<void>;
}

export interface ServerOptions {
  readonly server: Config['server'];
  readonly auth: Config['auth'];
  readonly sources: Sources;
  /** Leads to the token issuer's keys where `auth` names no proxy. */
  readonly chooseProxy: ProxyChoice;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Adds the routes by which the page switches faults of simulated sources; undefined where these are real. */
  readonly addSandboxRoutes?: ((app: FastifyInstance) => void) | undefined;
}

/** Serves the graph of some providers. */
export async function startServer({
  providers,
  ...options
}: ServerOptions & { readonly providers: readonly Provider[] }): Promise<RunningServer> {
  const { auth } = options;
  const scopeNames = auth.mode === 'none' ? new Map() : namesOfScopes(auth.scopes);
  return serveGraph(createGraph(providers, { scopeNames }), options);
}

/** Serves a graph. */
export async function serveGraph(
  graph: Graph,
  { server, auth, sources, chooseProxy, log, metrics, addSandboxRoutes }: ServerOptions,
): Promise<RunningServer> {
  let isDraining = false;
  const refusals = createRefusals(log, metrics);
  const clients = createClients({ trusted: server.trustProxy, haveTokens: auth.mode === 'jwt' });
  const admission = createAdmission({
    ...server,
    hasManySources: sources.size > 1,
    nameOf: (request) => clients.nameOf(request),
  });
  const app = createHost(server, {
    refusals,
    hasRoom: (request) => admission.hasRoom(clients.nameOf(request)),
    isDraining: () => isDraining,
  });
  const listeners = createListeners(app, server);
  const apollo = await startApollo(graph, server, log, metrics);
  limitConnections(app.server, { ...server, maxBodyBytes }, () => metrics.connectionShed());
  app.server.on('connection', () => admission.noteConnection());
  allowOrigins(app, server.cors.origins, refusals);
  // Where operators have an address of their own, the page is not on this one.
  if (server.page && server.admin === undefined) redirectBrowsers(app, server.path);
  const checkCaller = createCallerCheck({ auth, guards: graph.guards, chooseProxy, log });
  registerGraphql(app, {
    apollo,
    admission,
    clients,
    checkCaller,
    sources,
    bounds: boundsOf(server),
    refusals,
  });
  const { introspection } = server;
  registerSchemaFile(app, { sdl: graph.clientSdl, introspection, checkCaller, refusals });
  registerHealth(app, metrics, () => isDraining, isExposed(auth) ? { exposed: true } : {});
  addSandboxRoutes?.(app);
  const hasSandbox = addSandboxRoutes !== undefined;
  if (server.page) registerPage(app, server.path, { auth: auth.mode === 'jwt' ? 'jwt' : 'none', hasSandbox });

  let stopped: Promise<void> | undefined;
  const close = (): Promise<void> => {
    isDraining = true;
    return (stopped ??= stopServing({ app, apollo, admission, sources, graceMs: server.graceMs }));
  };

  const listening = await listeners.open();
  return {
    ...listening,
    async drain() {
      isDraining = true;
      await sleep(server.drainMs);
      await close();
    },
    close,
  };
}
