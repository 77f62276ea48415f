import type DataLoader from 'dataloader';
import type { z } from 'zod';
import { createRestClient, type CallLog, type Query, type RestClient } from '../rest/client.ts';
import { UpstreamError, type UpstreamErrorCode, type UpstreamErrorDetails } from '../rest/errors.ts';
import type { JsonObject } from '../rest/json.ts';
import type { CallScope } from '../rest/scope.ts';
import type { RestSettings } from '../rest/settings.ts';

/** One JSON object of a provider, as it was sent, with the request's session at the source it came from. */
export interface Row<T extends object = JsonObject, L extends Loaders = Loaders> {
  readonly session: Session<L>;
  readonly data: T;
  /** The kind in its global id, where the way to the record decides it rather than its GraphQL type. */
  readonly kind?: string;
}

/** A row of any provider. */
export type AnyRow = Row<object>;

/** The loaders of one source for one GraphQL request. A provider adds its own. */
export interface Loaders {
  readonly customers: DataLoader<string, AnyRow | null>;
}

/** One GraphQL request's dealings with one source. */
export interface Session<L extends Loaders = Loaders> {
  readonly source: Source;
  readonly loaders: L;
}

/** What the operation of the request selects, told in payload keys. */
export interface Selection {
  /** Whether the operation selects a field that is read from this key of this `$defs` entry of the provider's JSON Schema. */
  reads(provider: string, shape: string, key: string): boolean;
}

/** The GraphQL request that REST calls are made for. */
export interface RequestScope extends CallScope {
  readonly selection: Selection;
}

/** What a provider's loaders work with: one request at one source. */
export interface SourceRequest<L extends Loaders> {
  readonly session: Session<L>;
  readonly selection: Selection;
  /**
   * GET of a JSON document below the source's base URL; null when there is none (404, 410, 204). A URL is asked
   * for once in a request, however often it is needed.
   *
   * @throws UpstreamError
   */
  get(path: string, query?: Query): Promise<unknown>;
  error(code: UpstreamErrorCode, details?: UpstreamErrorDetails): UpstreamError;
}

export interface SourceCapabilities {
  readonly customersPerCall: number;
}

/** What is written for a provider: see `docs/adding-a-provider.md`. */
export interface ProviderDefinition<S extends RestSettings, L extends Loaders> {
  /** Lower case, one word; names its folder and files. */
  readonly name: string;
  /** The product's name, for people. */
  readonly title: string;
  /** The GraphQL type of its customers. */
  readonly customerType: string;
  /** A source's configuration: `restSettings` and the provider's own keys. */
  readonly settings: z.ZodType<S>;
  readonly capabilities: SourceCapabilities;
  /** Headers that every call carries. */
  headers(settings: S): Record<string, string>;
  /** Called once for a source; what it returns makes the loaders of each request. What must be remembered between requests lives in between. */
  connect(settings: S): (request: SourceRequest<L>) => L;
  /** Loads a record by the kind and native id in its global id; customers need no entry. */
  readonly nodes: Readonly<Record<string, NodeLoad<L>>>;
  /** Functions for the fields whose value is computed or fetched, by type. */
  readonly resolvers: Readonly<Record<string, object>>;
}

export interface NodeLoad<L extends Loaders> {
  readonly type: string;
  load(loaders: L, nativeId: string): Promise<AnyRow | null>;
}

/** A provider whose own settings and loaders are closed over, so that all providers look alike. */
export interface Provider {
  readonly name: string;
  readonly title: string;
  readonly customerType: string;
  readonly settings: z.ZodType<RestSettings>;
  readonly capabilities: SourceCapabilities;
  readonly nodeTypes: Readonly<Record<string, string>>;
  readonly resolvers: Readonly<Record<string, object>>;
  /** @param settings checked against `settings` already */
  createSource(options: SourceOptions): Source;
}

export interface SourceOptions {
  readonly name: string;
  readonly isSimulated: boolean;
  /** The source's configuration, as it was before `settings` parsed it. */
  readonly settings: unknown;
  readonly userAgent: string;
  readonly log: CallLog;
}

/** One configured connection to a provider's REST API. */
export interface Source {
  readonly name: string;
  readonly provider: Provider;
  readonly isSimulated: boolean;
  openSession(scope: RequestScope): SourceSession;
  close(): Promise<void>;
}

/** A session as the graph uses it, whatever the provider. */
export interface SourceSession extends Session {
  /** Loads the record behind a global id with a kind. */
  loadNode(kind: string, nativeId: string): Promise<AnyRow | null>;
}

export function defineProvider<S extends RestSettings, L extends Loaders>(definition: ProviderDefinition<S, L>): Provider {
  const { name, title, customerType, settings, capabilities, resolvers, nodes } = definition;
  const provider: Provider = {
    name,
    title,
    customerType,
    settings,
    capabilities,
    resolvers,
    nodeTypes: Object.fromEntries(Object.entries(nodes).map(([kind, { type }]) => [kind, type])),
    createSource: (options) => createSource(definition, provider, options),
  };
  return provider;
}

function createSource<S extends RestSettings, L extends Loaders>(
  definition: ProviderDefinition<S, L>,
  provider: Provider,
  options: SourceOptions,
): Source {
  const settings = definition.settings.parse(options.settings);
  const createLoaders = definition.connect(settings);
  const client = createRestClient({
    source: { name: options.name, provider },
    settings,
    headers: definition.headers(settings),
    userAgent: options.userAgent,
    log: options.log,
  });
  const source: Source = {
    name: options.name,
    provider,
    isSimulated: options.isSimulated,
    openSession(scope) {
      const session: Session<L> = {
        source,
        get loaders() {
          return loaders;
        },
      };
      const loaders = createLoaders(createSourceRequest(session, scope, client));
      return {
        source,
        loaders,
        async loadNode(kind, nativeId) {
          return (await definition.nodes[kind]?.load(loaders, nativeId)) ?? null;
        },
      };
    },
    close: () => client.close(),
  };
  return source;
}

function createSourceRequest<L extends Loaders>(session: Session<L>, scope: RequestScope, client: RestClient): SourceRequest<L> {
  const answers = new Map<string, Promise<unknown>>();
  return {
    session,
    selection: scope.selection,
    get(path, query) {
      const url = client.urlOf(path, query);
      let answer = answers.get(url);
      if (answer === undefined) {
        answer = client.get(url, scope);
        answers.set(url, answer);
      }
      return answer;
    },
    error: (code, details) => new UpstreamError(code, session.source, details),
  };
}
