import { pino } from 'pino';
import { Writable } from 'node:stream';
import { createConfig, type Config } from '../../src/config/load-config.ts';
import { providers } from '../../src/providers/index.ts';
import type { Provider } from '../../src/providers/provider.ts';
import { startServing, type ServingOptions } from '../../src/start.ts';

/** The product under test: the real server, reached by HTTP. */
export interface TestProduct {
  readonly url: string;
  readonly adminUrl: string | undefined;
  /** What was logged so far. */
  readonly logLines: string[];
  query(query: string, options?: QueryOptions): Promise<QueryResult>;
  /** Stops as after SIGTERM. */
  drain(): Promise<void>;
  close(): Promise<void>;
}

export interface QueryOptions {
  readonly variables?: Record<string, unknown>;
  readonly headers?: Record<string, string>;
}

export interface QueryResult {
  readonly status: number;
  /** The whole answer as it came. */
  readonly text: string;
  readonly data: Record<string, unknown>;
  readonly errors: readonly QueryError[];
}

export interface QueryError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions: Readonly<Record<string, unknown>>;
}

/** A source entry as it stands in a configuration file. */
export type SourceEntry = { readonly provider: string; readonly [setting: string]: unknown };

const config = createConfig([], {});

/** A machine that has other work as well may be slow: no test that does not set a time itself is about one. */
const patientServer = { requestTimeoutMs: 60_000, maxWaitMs: 60_000 };
const patientSource = { headersTimeoutMs: 30_000, timeoutMs: 30_000 };

/** Starts the server on a free port with some sources. */
export async function startTestProduct(
  sources: Readonly<Record<string, SourceEntry>>,
  registry: Readonly<Record<string, Provider>> = providers,
  {
    addSandboxRoutes,
    ...options
  }: Partial<Pick<Config, 'auth' | 'credentials' | 'proxies'>> & {
    readonly server?: Partial<Config['server']>;
    readonly addSandboxRoutes?: ServingOptions['addSandboxRoutes'];
  } = {},
): Promise<TestProduct> {
  const logLines: string[] = [];
  const log = pino(
    { level: 'debug' },
    new Writable({ write: (chunk, _encoding, done) => done(void logLines.push(String(chunk))) }),
  );
  const entries = Object.entries(sources);
  const { server } = await startServing({
    config: {
      ...config,
      ...options,
      server: { ...config.server, port: 0, drainMs: 50, ...patientServer, ...options.server },
      sources: entries.map(([name, { provider: providerName, simulated: _simulated, ...settings }]) => {
        const provider = registry[providerName];
        if (provider === undefined) throw new TypeError(`no provider ${providerName}`);
        return { name, provider, settings: { ...patientSource, ...settings } };
      }),
    },
    registry,
    isSimulated: (name) => sources[name]?.['simulated'] === true,
    log,
    addSandboxRoutes,
  });
  return {
    url: server.url,
    adminUrl: server.adminUrl,
    logLines,
    query: (query, options) => postQuery(server.url, query, options),
    drain: () => server.drain(),
    close: () => server.close(),
  };
}

export async function postQuery(
  url: string,
  query: string,
  { variables, headers }: QueryOptions = {},
): Promise<QueryResult> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query, variables }),
  });
  const text = await response.text();
  const { data, errors = [] } = JSON.parse(text);
  return { status: response.status, text, data, errors };
}
