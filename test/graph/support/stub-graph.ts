import {
  startTestProduct,
  type QueryOptions,
  type QueryResult,
  type SourceEntry,
} from '../../support/product.ts';
import { startStubServer, type StubAnswer } from '../../support/recording-server.ts';
import { pageOf } from '../../support/page-of.ts';
import { entryFor } from '../../support/sources.ts';

/** The product with a source of each provider, over REST APIs that a test fills. */
export interface StubGraph {
  /** `GET /v1/customers/1` for Elevate, `GET /sage/…` for Sage 200, `GET /cro/…` for CRO, in the order of arrival. */
  readonly calls: string[];
  readonly logLines: readonly string[];
  /** What is answered, by path (`/v1/customers/1`) with or without its query; of lists the page asked for. Anything else is 404. */
  readonly answers: Map<string, StubAnswer>;
  query(query: string, options?: QueryOptions): Promise<QueryResult>;
  close(): Promise<void>;
}

/** @param settings added to every source's entry */
export async function startStubGraph(settings: Record<string, unknown> = {}): Promise<StubGraph> {
  const answers = new Map<string, StubAnswer>();
  const stub = await startStubServer((url) => {
    const { pathname, search } = url;
    const answer = answers.get(decodeURIComponent(pathname + search)) ?? answers.get(pathname);
    if (answer === undefined) return { status: 404 };
    return Array.isArray(answer.body) ? { ...answer, body: pageOf(url, answer.body) } : answer;
  });
  const product = await startTestProduct(createEntries(stub.url, settings));
  return {
    calls: stub.calls,
    logLines: product.logLines,
    answers,
    query: (query, options) => product.query(query, options),
    async close() {
      await product.close();
      await stub.close();
    },
  };
}

/** A source of each provider, named after it, all at one server. */
export function createEntries(
  url: string,
  settings: Record<string, unknown> = {},
): Record<'elevate' | 'sage200' | 'cro', SourceEntry> {
  return {
    elevate: entryFor.elevate(url, settings),
    sage200: entryFor.sage200(url, settings),
    cro: entryFor.cro(`${url}/cro`, settings),
  };
}
