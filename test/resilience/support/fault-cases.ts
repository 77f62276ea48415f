import type { QueryError, QueryResult, TestProduct } from '../../support/product.ts';
import { providers, type FaultySandbox, type ProviderName } from './faulty-sandbox.ts';
import type { Customer, Outcome, Shape } from './outcomes.ts';

/** What the sandbox's customers are, and which of them a page shows. */
export interface Truth {
  readonly byId: ReadonlyMap<string, Customer>;
  /** Ids on the first page, of all sources or of all but one. */
  readonly page: Readonly<Record<ProviderName | 'all', readonly string[]>>;
}

/** Part of an answer: customers at their places, null for one that is not there, and the errors with their places. */
export interface Section {
  readonly customers: readonly (Customer | null)[];
  readonly errors: readonly PlacedError[];
}

export interface PlacedError {
  readonly path: string;
  readonly extensions: Readonly<Record<string, unknown>>;
}

const fields = `id name ... on ElevateCustomer { creditThreshold } ... on Sage200Customer { creditLimit } ... on CroCustomer { parentId }`;
const pageSize = 9;
/** Three of the failing source among those of the others. */
const batchSize = 3;

/** Cases are not to disturb each other. */
export const unbreakable = { breaker: { minCalls: 1_000 } };
/** Of a source that hangs. */
export const impatient = { timeoutMs: 800, headersTimeoutMs: 500 };

/** Asks for customers of a source, and for others. */
export function ask(product: Pick<TestProduct, 'query'>, provider: ProviderName, shape: Shape): Promise<QueryResult> {
  switch (shape) {
    case 'single':
      return product.query(`{ customer(id: "${provider}:1") { ${fields} } }`);
    case 'batch':
      return product.query(`query ($ids: [ID!]!) { customersByIds(ids: $ids) { ${fields} } }`, { variables: { ids: batchIds(provider) } });
    case 'list':
      return product.query(`{ customers(first: ${pageSize}) { nodes { ${fields} } completeness { source { name } status code } } }`);
  }
}

export function batchIds(provider: ProviderName): string[] {
  const others = providers.filter((other) => other !== provider);
  return [...others, ...Array.from({ length: batchSize }, () => provider), ...others].map(
    (name, index, names) => `${name}:${names.slice(0, index + 1).filter((before) => before === name).length}`,
  );
}

/** Calls that a healthy source needs. */
export function usualCalls(provider: ProviderName, shape: Shape): number {
  return shape === 'batch' && provider !== 'sage200' ? batchSize : 1;
}

export async function readTruth(product: Pick<TestProduct, 'query'>): Promise<Truth> {
  const ids = providers.flatMap((provider) => Array.from({ length: 2 * pageSize }, (_, index) => `${provider}:${index + 1}`));
  const known = await product.query(`query ($ids: [ID!]!) { customersByIds(ids: $ids) { ${fields} } }`, { variables: { ids } });
  const readPage = async (...sources: readonly ProviderName[]) => {
    const query = `query ($sources: [String!]) { customers(first: ${pageSize}, filter: { sources: $sources }) { nodes { id } } }`;
    const { data } = await product.query(query, { variables: { sources } });
    return customersAt(data, 'customers').map((customer) => customer?.id ?? '');
  };
  const [all, elevate, sage200, cro] = await Promise.all([
    readPage(...providers),
    readPage('sage200', 'cro'),
    readPage('elevate', 'cro'),
    readPage('elevate', 'sage200'),
  ]);
  const byId = new Map(
    customersAt(known.data, 'customersByIds').flatMap((customer) => (customer === null ? [] : [[customer.id, customer]])),
  );
  return { byId, page: { all, elevate, sage200, cro } };
}

export function readSection({ data, errors }: QueryResult): Section {
  const [field = ''] = Object.keys(data);
  return { customers: customersAt(data, field), errors: sortErrors(errors.map(placeError)) };
}

function customersAt(data: Record<string, unknown>, field: string): (Customer | null)[] {
  const value = data[field];
  const list: unknown = typeof value === 'object' && value !== null && 'nodes' in value ? value.nodes : value;
  return (Array.isArray(list) ? list : [list]).map((item: unknown) => (isCustomer(item) ? item : null));
}

function isCustomer(value: unknown): value is Customer {
  return typeof value === 'object' && value !== null && 'id' in value;
}

function placeError({ path = [], extensions }: QueryError): PlacedError {
  return { path: path.join('.'), extensions };
}

function sortErrors(errors: readonly PlacedError[]): PlacedError[] {
  return errors.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** What an answer has to be. */
export function expectedSection(truth: Truth, provider: ProviderName, shape: Shape, outcome: Outcome): Section {
  const isLost = outcome.kind === 'lost' || outcome.kind === 'absent';
  const ids = shape === 'single' ? [`${provider}:1`] : shape === 'batch' ? batchIds(provider) : truth.page[isLost ? provider : 'all'];
  const isOfFailing = (id: string) => id.startsWith(`${provider}:`);
  const left = outcome.kind === 'dropped' ? ids.filter((id) => !isOfFailing(id)) : ids;
  const customers = left.map((id) => {
    const customer = truth.byId.get(id);
    if (customer === undefined) throw new TypeError(`nothing is known of ${id}`);
    if (!isOfFailing(id)) return customer;
    return isLost ? null : outcome.kind === 'altered' ? outcome.change(customer) : customer;
  });
  const places = left.flatMap((id, index) => (isOfFailing(id) ? [placeOf(shape, index)] : []));
  return { customers, errors: sortErrors(expectedErrors(provider, shape, outcome, places, ids.length - left.length)) };
}

function placeOf(shape: Shape, index: number): string {
  return shape === 'single' ? 'customer' : shape === 'batch' ? `customersByIds.${index}` : `customers.nodes.${index}`;
}

function expectedErrors(
  provider: ProviderName,
  shape: Shape,
  outcome: Outcome,
  places: readonly string[],
  droppedRows: number,
): PlacedError[] {
  const error = (path: string, code: string, more = {}): PlacedError => {
    const retryable = ['UPSTREAM_TIMEOUT', 'UPSTREAM_UNAVAILABLE', 'UPSTREAM_RATE_LIMITED'].includes(code);
    return { path, extensions: { code, source: provider, provider, retryable, ...more } };
  };
  switch (outcome.kind) {
    case 'lost': {
      const { code, retryAfterSeconds } = outcome;
      const paths = shape === 'list' ? ['customers'] : places;
      return paths.map((path) => error(path, code, retryAfterSeconds === undefined ? {} : { retryAfterSeconds }));
    }
    case 'dropped':
      return Array.from({ length: droppedRows }, () => error('customers', outcome.code));
    case 'altered':
      return outcome.wrongField === undefined
        ? []
        : places.map((place) => error(`${place}.${outcome.wrongField}`, 'UPSTREAM_BAD_RESPONSE'));
    default:
      return [];
  }
}

/** Texts that no answer may hold: where the sources are, how they are asked, what they send in place of data. */
export function listSecrets({ apis }: Pick<FaultySandbox, 'apis'>): string[] {
  const ofSources = providers.flatMap((provider) => {
    const { baseUrl, auth, ...settings } = apis[provider].source;
    const token = typeof auth === 'object' && auth !== null && 'token' in auth ? String(auth.token) : '';
    const { host, port } = new URL(baseUrl);
    return [host, `:${port}`, token, ...Object.entries(settings).flatMap(([key, value]) => (/key|site/i.test(key) ? [String(value)] : []))];
  });
  const ofTransport = [
    '127.0.0.1',
    'localhost',
    'http:',
    'https:',
    '/customers',
    'earer',
    'ECONN',
    'UND_ERR',
    'certificate',
    'unknown.invalid',
  ];
  const ofBodies = [
    'elsewhere',
    'example.org',
    'Sign in',
    'unasked',
    'statusCode',
    'Found at',
    'unknownText',
    'isAdmin',
    'at Object',
    '.ts:',
  ];
  return [...ofSources, ...ofTransport, ...ofBodies].filter((text) => text !== '');
}
