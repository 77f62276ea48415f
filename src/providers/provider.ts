import type { GraphQLResolveInfo } from 'graphql';
import type { z } from 'zod';
import type { Answer, Decoding, Query } from '../rest/client.ts';
import type { AccessTokens } from '../rest/credentials/access-tokens.ts';
import type { ProxyChoice } from '../rest/http/proxies.ts';
import type { CallObserver } from '../rest/observer.ts';
import type { ClientStatus } from '../rest/limits/caller-state.ts';
import type { UpstreamError, UpstreamErrorCode, UpstreamErrorDetails } from '../rest/errors.ts';
import type { JsonObject } from '../rest/json.ts';
import type { WaitingScope } from '../rest/scope.ts';
import type { RestSettings } from '../rest/settings.ts';
import type { NativeIdForm, NativeIds } from './kit/native-ids.ts';

/** One JSON object of a provider, as it was sent. */
export interface Row<T extends object = JsonObject> {
  readonly at: Origin;
  readonly data: T;
  /** The kind in its global id, where the way to the record decides it rather than its GraphQL type. */
  readonly kind?: string;
  /** When and from where it was fetched; for records that came in an answer of their own or in a list. */
  readonly freshness?: Freshness;
  /**
   * Present while `data` is only a part of the record, such as a row of a list or an id in another record: loads the
   * whole, null when there is none.
   */
  readonly complete?: () => Promise<Row<T> | null>;
}

/** Where a row comes from. */
export interface Origin {
  readonly source: Source;
  /** What its id looks like, and where it has it. */
  readonly ids: NativeIds;
  /** Reports a failure that costs less than a field: an item left out of a list, say. */
  readonly report: (error: Error, path: ResponsePath) => void;
}

export type Freshness = Pick<Answer<unknown>, 'fetchedAtMs' | 'isFromCache'>;

/** A row of any provider. */
export type AnyRow = Row<object>;

/** Loads values by key, each once for a GraphQL request. DataLoader is one. */
export interface Loader<K, V> {
  load(key: K): Promise<V>;
  /** Tells the value of a key, unless that is known or being loaded. */
  prime(key: K, value: V): void;
}

/** The loaders of one source for one GraphQL request. A provider adds its own. */
export interface Loaders {
  readonly customers: Loader<string, AnyRow | null>;
}

/** The place in a GraphQL answer that a resolver works for. */
export type ResponsePath = GraphQLResolveInfo['path'];

/** What the operation of the request selects, told in payload keys. */
export interface Selection {
  /** Whether the operation selects a field that is read from this key of this `$defs` entry of the provider's JSON Schema. */
  reads(provider: string, shape: string, key: string): boolean;
}

/** The GraphQL request that REST calls are made for. */
export interface RequestScope extends WaitingScope {
  readonly selection: Selection;
  readonly report: (error: Error, path: ResponsePath) => void;
  /** Resolves when a call that is wanted may be made. @throws when the request has wanted too many */
  readonly admitCall: () => Promise<void>;
}

/** What a provider's loaders work with: one request at one source. */
export interface SourceRequest extends Origin {
  readonly selection: Selection;
  /**
   * GET of a JSON document below the source's base URL; its body is null when there is none (404, 410), and what
   * `decode` makes of null when there is nothing in it (204). A URL is asked for once in a request, however often it
   * is needed. Equal URLs must be decoded alike.
   *
   * @throws UpstreamError
   * @throws AbsenceError when the resource that it leads to is configured not to be there
   */
  get<T>(path: string, query: Query, decoding: Decoding<T>): Promise<Answer<T>>;
  /**
   * GET of what a link in an answer leads to. Credentials go where the source is, and a list goes on at its own path.
   *
   * @param path what the answer with the link was asked for by
   * @throws UpstreamError also for a link that leads elsewhere
   */
  follow<T>(link: string, path: string, decoding: Decoding<T>): Promise<Answer<T>>;
  /** For a link that is not followed. @throws UpstreamError when it leads elsewhere */
  checkLink(link: string, path: string): void;
  /** For what has no resource of its own. @throws AbsenceError when it is configured not to be there */
  expect(name: string): void;
  error(code: UpstreamErrorCode, details?: UpstreamErrorDetails): UpstreamError;
}

export interface SourceCapabilities {
  /** Customers that one call can load by id. */
  readonly customersPerCall: number;
}

/** What a list of customers can be narrowed by. */
export interface CustomerFilter {
  /** Part of the name. */
  readonly name?: string;
  /** The whole account number or reference. */
  readonly reference?: string;
  /** RFC 3339. */
  readonly updatedSince?: string;
  readonly activeOnly?: true;
}

export type CustomerFilterName = keyof CustomerFilter;

/**
 * A place in a source's list of customers: behind a row, wherever that is now. Rows that come or go before it do not
 * change it. It goes into cursors, so it is small, and means the same in a later request and in another process.
 */
export interface ListPlace {
  /** Where a token of the source leads that the place is on or behind, and the rows before that; left out without one. */
  readonly page?: { readonly token: string; readonly offset: number };
  /** Rows before the place when it was last seen. */
  readonly offset: number;
  /** Native ids of the last rows passed, on its page if it has one, the latest first; all if few were passed. */
  readonly ids: readonly string[];
  /** Of rows passed that stand behind the place by now: others came before them, or they were moved. */
  readonly idsAhead: readonly string[];
  /** Rows without a usable id that were passed behind the latest. */
  readonly unusable: number;
  /** Whether the ids of all rows passed ascended. */
  readonly isAscending: boolean;
  /** The most rows behind it that were seen. */
  readonly seenBehind: number;
  /** Rows before the page that began the furthest down; -1 before the first one. */
  readonly latestStart: number;
  /** Rows in the whole list, as the source said last; null where it did not. */
  readonly total: number | null;
  /** Made of the ids of all rows passed, in their order. */
  readonly digest: number;
  /** Whether rows were passed whose page was too small to begin with a known one, so that some may have been left out. */
  readonly isUnproven: boolean;
}

/** A stretch of a source's list of customers, in an order that does not change. */
export interface ListRange {
  /** Where it begins. */
  readonly after: ListPlace;
  /** Rows wanted; 0 where only the total is. */
  readonly limit: number;
  readonly filter: CustomerFilter;
  readonly wantsTotal: boolean;
  /** Whether all that the list can tell of `CustomerTexts` is to be in its rows, whatever the operation selects. */
  readonly wantsTexts?: boolean;
}

/** A customer in a list. */
export interface ListedCustomer {
  readonly row: AnyRow;
  /** What the row holds that a customer is searched by; nothing is fetched for it. */
  readonly texts: CustomerTexts;
}

export interface CustomerTexts {
  readonly names: readonly string[];
  readonly references: readonly string[];
  readonly postcodes: readonly string[];
  readonly emails: readonly string[];
  readonly phones: readonly string[];
}

/** A row of a list and the place behind it. */
export interface ListedRow {
  /** Undefined where the row is no record or has no id. */
  readonly customer: ListedCustomer | undefined;
  readonly after: ListPlace;
}

export interface ListPage {
  readonly rows: readonly ListedRow[];
  /** The place behind the page. */
  readonly end: ListPlace;
  /** Whether rows follow. */
  readonly hasMore: boolean;
  /** Whether it cannot be told what follows the rows, or whether all before them was listed: none follow then. */
  readonly isPlaceLost?: boolean;
  /** Why the page ends before it has what was wanted. */
  readonly failure?: UpstreamError;
  /** Rows in the whole list; null where the provider does not count. */
  readonly total: number | null;
}

/** What can be asked of a source's list of customers. */
export interface ListingTraits {
  /** Rows that one page may hold. */
  readonly maxPageSize: number;
  readonly canCount: boolean;
  /** For each filter that cannot be honoured, why. */
  readonly unsupportedFilters: Partial<Readonly<Record<CustomerFilterName, string>>>;
}

/** How a source's customers are listed. */
export interface CustomerListing<L extends Loaders> extends ListingTraits {
  /** @throws UpstreamError */
  fetchPage(request: SourceRequest, loaders: L, range: ListRange): Promise<ListPage>;
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
  /** Positive integers under the key `id` unless it says something else. */
  readonly ids?: NativeIdForm;
  /** Headers that every call carries. */
  headers(settings: S): Record<string, string>;
  /** Called once for a source; what it returns makes the loaders of each request. What must be remembered between requests lives in between. */
  connect(settings: S): (request: SourceRequest) => L;
  /** Loads a record by the kind and native id in its global id; customers need no entry. */
  readonly nodes: Readonly<Record<string, NodeLoad<L>>>;
  /** How a source's customers are listed; left out by a provider that has no list. */
  readonly createListing?: (settings: S) => CustomerListing<L>;
  /** Functions for the fields whose value is computed or fetched, by type: `FieldFunction` of `kit/fields.ts`. */
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
  readonly ids: NativeIds;
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
  readonly observer: CallObserver;
  /** For sources whose settings name no proxy. */
  readonly chooseProxy: ProxyChoice;
  /** Credentials that sources share, by name. */
  readonly sharedTokens: ReadonlyMap<string, AccessTokens>;
}

/** One configured connection to a provider's REST API. */
export interface Source {
  readonly name: string;
  readonly provider: Provider;
  readonly isSimulated: boolean;
  /** The request header for the caller's own credentials; undefined where the server has its own. */
  readonly credentialsHeader: string | undefined;
  /** Undefined where the source has no list of customers. */
  readonly listing: ListingTraits | undefined;
  /** Whether a place that came from outside may be one in its list. */
  isPlace(place: ListPlace): boolean;
  openSession(scope: RequestScope): SourceSession;
  close(): Promise<void>;
}

/** One GraphQL request's dealings with one source. */
export interface SourceSession {
  readonly source: Source;
  readonly loaders: Loaders;
  /** Loads the record behind a global id with a kind. */
  loadNode(kind: string, nativeId: string): Promise<AnyRow | null>;
  /** How the source is doing for this caller. */
  status(): ClientStatus;
  /** A stretch of the source's list of customers; only where the source has a `listing`. @throws UpstreamError */
  fetchPage(range: ListRange): Promise<ListPage>;
}
