import type { GraphQLSchema } from 'graphql';
import { createGraph, type Graph } from '../../../src/graph/schema.ts';
import { providers } from '../../../src/providers/index.ts';
import { startTestProduct, type QueryResult, type TestProduct } from '../../support/product.ts';
import { startRecordedSandbox, type RecordedApi } from '../../support/sources.ts';
import { startTokenIssuer } from '../../support/token-issuer.ts';
import {
  listGuardedFields,
  rootOf,
  scopesOf,
  valuesAt,
  writeSelection,
  ways,
  type GuardedField,
  type Way,
} from './matrix.ts';

export type CallerKind = 'no token' | 'wrong scope' | 'right scope' | 'wrong source';

export const callerKinds: readonly CallerKind[] = ['no token', 'wrong scope', 'right scope', 'wrong source'];

/** What was found of the authorisation of every guarded field. */
export interface Judgement {
  readonly rows: number;
  /** Rows that reached the field, or the one before it that is denied. */
  readonly reached: number;
  /** Guarded fields that no row reached with their scopes. */
  readonly unreached: readonly string[];
  /** What is not as declared, with its row. */
  readonly faults: readonly string[];
}

const customerTypes = { elevate: 'ElevateCustomer', sage200: 'Sage200Customer', cro: 'CroCustomer' };

/** Customers of the sandbox among which one is looked for that has something in the field. */
const candidates = 25;

/** Asks for every guarded field as each kind of caller, in the ways that are chosen for it. */
export async function judgeMatrix(
  choose: (way: Way, field: GuardedField, index: number) => boolean,
): Promise<Judgement> {
  const graph = createGraph(Object.values(providers));
  const bench = await openBench(graph);
  const fields = listGuardedFields({ ...graph, customerTypes });
  const faults: string[] = [];
  const unreached: string[] = [];
  let [rows, reached] = [0, 0];
  for (const [index, field] of fields.entries()) {
    const id = await bench.findCustomer(field);
    if (id === undefined) unreached.push(field.place);
    for (const way of ways.filter((candidate) => choose(candidate, field, index))) {
      const query = way.write(field, graph.schema);
      if (query === undefined) continue;
      for (const kind of callerKinds) {
        const row = { field, way, kind, query, id: id ?? `${field.source}:1` };
        const verdict = await bench.judge(row);
        rows += 1;
        reached += verdict.isReached ? 1 : 0;
        faults.push(...verdict.faults.map((fault) => `${field.place} by ${way.name} with ${kind}: ${fault}`));
      }
    }
  }
  await bench.close();
  return { rows, reached, unreached, faults };
}

interface MatrixRow {
  readonly field: GuardedField;
  readonly way: Way;
  readonly kind: CallerKind;
  readonly query: string;
  readonly id: string;
}

interface Verdict {
  readonly isReached: boolean;
  readonly faults: readonly string[];
}

async function openBench(graph: Graph) {
  const [apis, issuer] = [await startRecordedSandbox(), await startTokenIssuer()];
  // What is kept from an earlier row would be missing from the calls of a later one.
  const sources = Object.fromEntries(
    Object.entries(apis).map(([name, { source }]) => [name, { ...source, cache: { lookupsSeconds: 0 } }]),
  );
  const auth = { ...issuer.auth, sourcesClaim: 'sources' };
  const product = await startTestProduct(sources, undefined, { auth, server: { introspection: true } });
  const texts = new Map<string, string>();

  async function findCustomer(field: GuardedField): Promise<string | undefined> {
    const ids = Array.from({ length: candidates }, (_, index) => `${field.source}:${index + 1}`);
    const selection = writeSelection(field.path, field);
    const query = `query ($ids: [ID!]!) { customersByIds(ids: $ids) { ... on ${field.customerType} ${selection} } }`;
    const headers = await issuer.authorize(claimsFor(field, 'right scope'));
    const { data } = await product.query(query, { variables: { ids }, headers });
    const [first] = valuesAt(data, ['customersByIds', ...field.path]);
    const [, index] = first?.place ?? [];
    return typeof index === 'number' ? ids[index] : undefined;
  }

  async function readText(id: string): Promise<string> {
    const known = texts.get(id);
    if (known !== undefined) return known;
    const headers = await issuer.authorize({ sources: '*' });
    const { data } = await product.query('query ($id: ID!) { customer(id: $id) { references } }', {
      variables: { id },
      headers,
    });
    const [text = 'X1'] = Object(data['customer']).references ?? [];
    texts.set(id, text);
    return text;
  }

  async function judge(row: MatrixRow): Promise<Verdict> {
    const { field, id, kind } = row;
    const references = [{ __typename: field.customerType, id }];
    const variables = { id, text: await readText(id), source: field.source, references };
    const headers = kind === 'no token' ? {} : await issuer.authorize(claimsFor(field, kind));
    const ask = async (asked: MatrixRow) => {
      forget(apis);
      const result = await send(product, asked, variables, headers);
      return { result, calls: callsOf(apis) };
    };
    const { result, calls } = await ask(row);
    if (kind !== 'wrong scope') return judgeAnswer(row, result, calls);
    const without = await ask(withoutDenied(row, graph.schema));
    return judgeDenial(row, { result, calls, callsWithout: without.calls });
  }

  return {
    findCustomer,
    judge,
    async close() {
      await product.close();
      await issuer.close();
      await Promise.all(Object.values(apis).map((api) => api.close()));
    },
  };
}

function forget(apis: Readonly<Record<string, RecordedApi>>): void {
  for (const { calls } of Object.values(apis)) calls.length = 0;
}

function callsOf(apis: Readonly<Record<string, RecordedApi>>): string[] {
  return Object.values(apis).flatMap(({ calls }) => calls);
}

const allScopes = ['customers:bank', 'customers:finance', 'customers:personal'];

/** A caller without the scopes of the field itself has all others. */
function claimsFor(field: GuardedField, kind: CallerKind): Record<string, unknown> {
  const own = scopesOf(field.guards.at(-1));
  const scopes = kind === 'wrong scope' ? allScopes.filter((scope) => !own.includes(scope)) : allScopes;
  return { scope: scopes.join(' '), sources: kind === 'wrong source' ? 'elsewhere' : '*' };
}

async function send(
  product: TestProduct,
  { way, query }: MatrixRow,
  variables: Record<string, unknown>,
  headers: Record<string, string>,
): Promise<QueryResult> {
  if (way.isGet === undefined) return product.query(query, { variables, headers });
  const parameters = new URLSearchParams({ query, variables: JSON.stringify(variables) });
  const response = await fetch(`${product.url}/graphql?${parameters.toString()}`, {
    headers: { ...headers, 'apollo-require-preflight': 'true' },
  });
  const text = await response.text();
  const { data, errors = [] }: { data: QueryResult['data']; errors?: QueryResult['errors'] } =
    JSON.parse(text);
  return { status: response.status, text, data, errors };
}

function judgeAnswer(
  row: MatrixRow,
  { status, data, errors }: QueryResult,
  calls: readonly string[],
): Verdict {
  const { kind, way } = row;
  const forbidden = errors.filter(({ extensions }) => extensions['code'] === 'FORBIDDEN');
  const faults: string[] = [];
  const expectNoCalls = () => {
    if (calls.length > 0) faults.push(`calls: ${calls.join(', ')}`);
  };
  if (kind === 'no token') {
    if (status !== 401 || data !== undefined) faults.push(`status ${status}`);
    expectNoCalls();
    return { isReached: true, faults };
  }
  if (kind === 'wrong source') {
    if (forbidden.length === 0) faults.push('not FORBIDDEN');
    expectNoCalls();
    return { isReached: true, faults };
  }
  if (forbidden.length > 0) faults.push(`FORBIDDEN at ${JSON.stringify(forbidden[0]?.path)}`);
  return { isReached: valuesAt(data, [...rootOf(way), ...namesOf(row)]).length > 0, faults };
}

/** The path as it is in the answer. */
function namesOf({ field, way }: MatrixRow): readonly string[] {
  return way.name === 'alias' ? field.path.map((name) => `x_${name}`) : field.path;
}

/** The first field of the path that a caller without the scopes of the last may not read. */
function findDenied({ guards }: GuardedField): number {
  const own = scopesOf(guards.at(-1));
  return guards.findIndex((guard) => scopesOf(guard).some((scope) => own.includes(scope)));
}

/** The same operation without what is denied. */
function withoutDenied(row: MatrixRow, schema: GraphQLSchema): MatrixRow {
  const path = row.field.path.slice(0, findDenied(row.field));
  const query = row.way.write({ ...row.field, path, isObject: true }, schema);
  return { ...row, query: query ?? row.query };
}

interface Denial {
  readonly result: QueryResult;
  readonly calls: readonly string[];
  /** Of the same operation without what is denied. */
  readonly callsWithout: readonly string[];
}

/** Each value that was reached is null, with an error at its place, and no call was made for it. */
function judgeDenial(row: MatrixRow, { result: { data, errors }, calls, callsWithout }: Denial): Verdict {
  const { field, way } = row;
  const forbidden = errors.filter(({ extensions }) => extensions['code'] === 'FORBIDDEN');
  if (scopesOf(field.guards.at(-1)).length === 0)
    return { isReached: true, faults: forbidden.length > 0 ? ['FORBIDDEN without a need'] : [] };
  const faults: string[] = [];
  const found = valuesAt(data, [...rootOf(way), ...namesOf(row).slice(0, findDenied(field) + 1)]);
  for (const { value, place } of found) {
    if (value !== null) faults.push(`${JSON.stringify(value)} was read`);
    if (!forbidden.some(({ path }) => JSON.stringify(path) === JSON.stringify(place)))
      faults.push(`no error at ${JSON.stringify(place)}`);
  }
  if (forbidden.length !== found.length && way.name !== 'search')
    faults.push(`${forbidden.length} errors for ${found.length} places`);
  if (JSON.stringify(calls.toSorted()) !== JSON.stringify(callsWithout.toSorted()))
    faults.push(`calls: ${calls.join(', ')}; without it: ${callsWithout.join(', ')}`);
  return { isReached: found.length > 0, faults };
}
