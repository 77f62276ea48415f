import type { SampledSource } from '../examples/example.ts';
import { isObject, type Ask } from './ask.ts';
import type { ListedSource } from './load-sources.ts';

/** Customers of each source that the examples ask for. */
const mostOfEach = 20;

export interface Samples {
  readonly sources: readonly SampledSource[];
  /** Names of the sources of which no customer is known. */
  readonly unknown: readonly string[];
}

/**
 * Lists some customers of each source that can be listed: one REST call for each.
 *
 * @param headers with the caller's credentials
 */
export async function sampleCustomers(
  ask: Ask,
  sources: readonly ListedSource[],
  headers: Readonly<Record<string, string>>,
): Promise<Samples> {
  const listed = sources.filter(({ capabilities }) => capabilities.isListable);
  const { data } = listed.length === 0 ? { data: undefined } : await ask(writeQuery(listed), { headers });
  const rowsOf = (source: ListedSource) => readRows(data, `s${listed.indexOf(source)}`);
  const sampled = sources.map((source) => ({ source, rows: rowsOf(source) }));
  return {
    sources: sampled.map(({ source: { name, provider, title }, rows }) => {
      const [first = `${name}:1`, ...rest] = rows.map(({ id }) => id);
      return { name, provider, title, ids: [first, ...rest], customerNames: rows.flatMap((row) => row.name) };
    }),
    unknown: sampled.flatMap(({ source, rows }) => (rows.length === 0 ? [source.name] : [])),
  };
}

function writeQuery(sources: readonly ListedSource[]): string {
  const lists = sources.map(({ name, capabilities }, index) => {
    const first = Math.min(mostOfEach, capabilities.maxPageSize ?? mostOfEach);
    return `s${index}: customers(first: ${first}, filter: { sources: [${JSON.stringify(name)}] }) { nodes { id name } }`;
  });
  return `query SampleCustomers { ${lists.join(' ')} }`;
}

function readRows(data: unknown, alias: string): { readonly id: string; readonly name: readonly string[] }[] {
  const list = isObject(data) ? data[alias] : undefined;
  const nodes = isObject(list) ? list['nodes'] : undefined;
  return (Array.isArray(nodes) ? nodes : []).flatMap((node: unknown) => {
    if (!isObject(node) || typeof node['id'] !== 'string') return [];
    return [{ id: node['id'], name: typeof node['name'] === 'string' ? [node['name']] : [] }];
  });
}
