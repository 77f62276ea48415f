import { isObject, type ApiAnswer, type Ask } from './ask.ts';

/** A configured source. */
export interface ListedSource {
  readonly name: string;
  readonly provider: string;
  readonly title: string;
  readonly isSimulated: boolean;
  /** The request header for the caller's own credentials, where it takes these. */
  readonly credentialsHeader: string | null;
  readonly capabilities: {
    readonly customersPerCall: number;
    readonly isListable: boolean;
    readonly canCount: boolean;
    readonly maxPageSize: number | null;
    readonly filters: readonly string[];
    readonly unsupportedFilters: readonly { readonly name: string; readonly reason: string }[];
  };
  readonly status: SourceStatus;
}

/** How a source is doing. */
export interface SourceStatus {
  readonly state: string;
  /** RFC 3339 */
  readonly since: string;
  readonly lastErrorCode: string | null;
  readonly lastErrorAt: string | null;
  readonly latency: {
    readonly calls: number;
    readonly p50Ms: number;
    readonly p95Ms: number;
    readonly p99Ms: number;
  } | null;
}

const query = `query ListSources {
  sources {
    name provider title isSimulated credentialsHeader
    capabilities {
      customersPerCall isListable canCount maxPageSize filters unsupportedFilters { name reason }
    }
    status { state since lastErrorCode lastErrorAt latency { calls p50Ms p95Ms p99Ms } }
  }
}`;

export interface SourcesAnswer extends ApiAnswer {
  /** Empty where they cannot be asked for. */
  readonly sources: readonly ListedSource[];
}

/**
 * Asks the API for its configured sources and how they are doing. No REST call is made for it.
 *
 * @param headers with the caller's credentials
 */
export async function loadSources(
  ask: Ask,
  headers: Readonly<Record<string, string>> = {},
): Promise<SourcesAnswer> {
  const answer = await ask(query, { headers });
  return { ...answer, sources: isSourcesData(answer.data) ? answer.data.sources : [] };
}

/** The API answers as its schema says; a body that is no answer of it has no sources. */
function isSourcesData(data: unknown): data is { readonly sources: readonly ListedSource[] } {
  return isObject(data) && Array.isArray(data['sources']);
}
