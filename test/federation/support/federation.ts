import { startLoyaltySubgraph, sdl as loyaltySdl } from '../../../examples/loyalty-subgraph/src/subgraph.mjs';
import { startProcess } from '../../support/command-line.ts';
import {
  postQuery,
  startTestProduct,
  type QueryOptions,
  type QueryResult,
  type SourceEntry,
  type TestProduct,
} from '../../support/product.ts';
import { compose } from './composers.ts';
import type { Gateway } from './gateways.ts';
import { referencesSdl, startReferencesSubgraph, type ReferencesSubgraph } from './references-subgraph.ts';

/** customer-graph, the loyalty subgraph and one that refers to any customer, behind a gateway. */
export interface Federation {
  query(query: string, options?: QueryOptions): Promise<QueryResult>;
  /** Operations that customer-graph was asked for so far. */
  countOperations(): Promise<number>;
  /** Where customer-graph is. */
  readonly customersUrl: string;
  /** The headers that arrived at the subgraph that refers to customers. */
  readonly receivedByOthers: ReferencesSubgraph['received'];
  close(): Promise<void>;
}

export interface FederationOptions {
  /** Of customer-graph. */
  readonly settings?: Parameters<typeof startTestProduct>[2];
  /** With which customer-graph is asked for its SDL. */
  readonly headers?: Record<string, string>;
}

export async function startFederation(
  gateway: Gateway,
  sources: Readonly<Record<string, SourceEntry>>,
  { settings, headers = {} }: FederationOptions = {},
): Promise<Federation> {
  const customers = await startTestProduct(sources, undefined, settings);
  const loyalty = await startLoyaltySubgraph({ port: 0 });
  const references = await startReferencesSubgraph();
  const sdl = gateway.knowsGuards ? await fetchSdl(customers, headers) : await printSdl('--without-guards');
  const supergraph = compose(gateway.composer, [
    { name: 'customers', url: `${customers.url}/graphql`, sdl },
    { name: 'loyalty', url: loyalty.url, sdl: loyaltySdl },
    { name: 'references', url: references.url, sdl: referencesSdl },
  ]);
  const running = await gateway.start(supergraph);
  return {
    query: (query, options) => postQuery(running.url, query, options),
    countOperations: () => countOperations(customers),
    customersUrl: customers.url,
    receivedByOthers: references.received,
    async close() {
      await running.close();
      await Promise.all([customers.close(), loyalty.close(), references.close()]);
    },
  };
}

/** The SDL in a variant. */
export async function printSdl(...options: readonly string[]): Promise<string> {
  const { output } = await startProcess(['--import', 'tsx', 'src/print-schema.ts', ...options], '../..')
    .ended;
  return output;
}

export async function fetchSdl(product: TestProduct, headers: Record<string, string> = {}): Promise<string> {
  const { text } = await product.query('{ _service { sdl } }', { headers });
  const answer: { data: { _service: { sdl: string } } } = JSON.parse(text);
  return answer.data._service.sdl;
}

async function countOperations({ url }: TestProduct): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  const counts = [...metrics.matchAll(/^customer_graph_operation_seconds_count\S* (\d+)$/gm)];
  return counts.reduce((sum, [, count]) => sum + Number(count), 0);
}
