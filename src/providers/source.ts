import { createRestClient, type Answer, type Decoding, type RestClient } from '../rest/client.ts';
import { forwardedHeader } from '../rest/credentials/credentials.ts';
import { UpstreamError, type UpstreamErrorCode, type UpstreamErrorDetails } from '../rest/errors.ts';
import { checkNetwork } from '../rest/network-settings.ts';
import { findUnsendable } from '../rest/sendable.ts';
import type { RestSettings } from '../rest/settings.ts';
import { AbsenceError, toNull } from './kit/absence.ts';
import { toResolvers } from './kit/fields.ts';
import { createNativeIds } from './kit/native-ids.ts';
import { createTokenSeal } from './token-seal.ts';
import type {
  Loaders,
  Provider,
  ProviderDefinition,
  RequestScope,
  Source,
  SourceOptions,
  SourceRequest,
} from './provider.ts';

export function defineProvider<S extends RestSettings, L extends Loaders>(
  definition: ProviderDefinition<S, L>,
): Provider {
  const { name, title, customerType, capabilities, resolvers, nodes } = definition;
  const provider: Provider = {
    name,
    title,
    customerType,
    settings: definition.settings
      .superRefine(checkNetwork, { when: () => true })
      .superRefine((settings, context) => {
        if (context.issues.length > 0) return;
        const headers = definition.headers(settings);
        const problem = findHeaderProblem(headers);
        if (problem !== undefined) context.addIssue(problem);
        if (hasKeyHeader(settings, headers))
          context.addIssue({
            code: 'custom',
            path: ['auth', 'header'],
            message: 'expected a header that nothing else is sent in',
          });
      }),
    capabilities,
    ids: createNativeIds(definition.ids),
    resolvers: toResolvers(resolvers),
    nodeTypes: Object.fromEntries(Object.entries(nodes).map(([kind, { type }]) => [kind, type])),
    createSource: (options) => createSource(definition, provider, options),
  };
  return provider;
}

/** A setting that cannot be sent is refused by its own key where its provider says so; this finds the others. */
function findHeaderProblem(headers: Readonly<Record<string, string>>): string | undefined {
  return Object.entries(headers)
    .map(([name, value]) => ({ name, found: findUnsendable(value) }))
    .filter(({ found }) => found !== undefined)
    .map(
      ({ name, found }) =>
        `expected only printable ASCII characters in the header ${name}: there is ${found}`,
    )
    .at(0);
}

/** What a source signs in with, and where. */
function secretOf<S extends RestSettings, L extends Loaders>(
  definition: ProviderDefinition<S, L>,
  settings: S,
  { sharedTokens }: SourceOptions,
): string {
  const { auth, baseUrl } = settings;
  const shared = auth.type === 'shared' ? sharedTokens.get(auth.credential)?.fingerprint : undefined;
  return JSON.stringify([baseUrl, auth, definition.headers(settings), shared]);
}

/** Whether an API key goes into one of some headers. */
function hasKeyHeader({ auth }: RestSettings, headers: Readonly<Record<string, string>>): boolean {
  const keyHeader = auth.type === 'apiKey' ? auth.header?.toLowerCase() : undefined;
  return Object.keys(headers).some((name) => name.toLowerCase() === keyHeader);
}

function createSource<S extends RestSettings, L extends Loaders>(
  definition: ProviderDefinition<S, L>,
  provider: Provider,
  options: SourceOptions,
): Source {
  const settings = definition.settings.parse(options.settings);
  const createLoaders = definition.connect(settings);
  const without = new Set(settings.without);
  const listing = without.has('list') ? undefined : definition.createListing?.(settings);
  const client = createRestClient({
    source: { name: options.name, provider },
    settings,
    headers: definition.headers(settings),
    userAgent: options.userAgent,
    observer: options.observer,
    chooseProxy: options.chooseProxy,
    sharedTokens: options.sharedTokens,
  });
  const seal = createTokenSeal(options.name, secretOf(definition, settings, options));
  const source: Source = {
    name: options.name,
    provider,
    isSimulated: options.isSimulated,
    credentialsHeader: settings.auth.type === 'forward' ? forwardedHeader(options.name) : undefined,
    listing,
    isPlace: (place) => [...place.ids, ...place.idsAhead].every(provider.ids.isId) && seal.holds(place),
    openSession(scope) {
      const request = createSourceRequest({ source, scope, client, without });
      const loaders = createLoaders(request);
      return {
        source,
        loaders,
        status: () => client.status(scope),
        async loadNode(kind, nativeId) {
          return (await definition.nodes[kind]?.load(loaders, nativeId).catch(toNull)) ?? null;
        },
        async fetchPage(range) {
          if (listing === undefined) throw new TypeError(`${definition.title} has no list of customers`);
          const page = await listing.fetchPage(request, loaders, { ...range, after: seal.open(range.after) });
          return seal.sealAll(page);
        },
      };
    },
    close: () => client.close(),
  };
  return source;
}

interface Requesting {
  readonly source: Source;
  readonly scope: RequestScope;
  readonly client: RestClient;
  /** What the source is without, by the names in its configuration. */
  readonly without: ReadonlySet<string>;
}

function createSourceRequest({ source, scope, client, without }: Requesting): SourceRequest {
  const answers = new Map<string, Promise<Answer<unknown>>>();
  const expect = (name: string) => {
    if (without.has(name)) throw new AbsenceError(name);
  };
  // Equal URLs are decoded alike, so an answer that is at hand has the type of whoever asks for it again.
  async function getOnce<T>(url: string, decoding: Decoding<T>): Promise<Answer<T>>;
  async function getOnce(url: string, decoding: Decoding<unknown>): Promise<Answer<unknown>> {
    let answer = answers.get(url);
    if (answer === undefined) {
      answer = scope.admitCall().then(() => client.get({ url, ...decoding }, scope));
      answers.set(url, answer);
    }
    return answer;
  }
  const error = (code: UpstreamErrorCode, details?: UpstreamErrorDetails) =>
    new UpstreamError(code, source, details);
  return {
    source,
    ids: source.provider.ids,
    report: scope.report,
    selection: scope.selection,
    expect,
    error,
    async get(path, query, decoding) {
      expect(resourceOf(path));
      return getOnce(client.urlOf(path, query), decoding);
    },
    checkLink: (link, path) => void resolve(link, path),
    follow: async (link, path, decoding) => getOnce(resolve(link, path), decoding),
  };

  function resolve(link: string, path: string): string {
    const url = resolveLink(link, client.urlOf(path));
    if (url !== undefined) return url;
    throw error('UPSTREAM_BAD_RESPONSE', { reason: 'a list goes on at another address' });
  }
}

/** Where a link leads from a URL; undefined unless it is the same path of the same server. */
function resolveLink(link: string, from: string): string | undefined {
  if (!URL.canParse(link, from)) return undefined;
  const [{ href, origin, pathname, username, password }, base] = [new URL(link, from), new URL(from)];
  const isSame = origin === base.origin && pathname === base.pathname;
  return isSame && username === '' && password === '' ? href.replace(/#.*$/, '') : undefined;
}

/** `/locations/1/users/7` is of `users`: names of resources and ids take turns in a path. */
function resourceOf(path: string): string {
  return path.split('/').findLast((_part, index) => index % 2 === 1) ?? '';
}
