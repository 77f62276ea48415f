import type { QueryError, QueryResult, TestProduct } from '../../support/product.ts';
import type { FaultySandbox } from './faulty-sandbox.ts';
import { providerNames as providers, type ProviderName } from '../../support/provider-names.ts';
import type { Customer, Outcome, Shape } from './outcomes.ts';
import { customersAt, fields, pageSize, type Truth } from './truth.ts';

/** Part of an answer: customers at their places, null for one that is not there, and the errors with their places. */
export interface Section {
  readonly customers: readonly (Customer | null)[];
  readonly errors: readonly PlacedError[];
}

export interface PlacedError {
  readonly path: string;
  readonly extensions: Readonly<Record<string, unknown>>;
}

/** Three of the failing source among those of the others. */
const batchSize = 3;

/** Cases are not to disturb each other. */
export const unbreakable = { breaker: { minCalls: 1_000 } };
/** Of a source that hangs. */
export const impatient = { timeoutMs: 800, headersTimeoutMs: 500 };

/** Asks for customers of a source, and for others; of a list for its first page, or for what comes after a cursor. */
export function ask(
  product: Pick<TestProduct, 'query'>,
  provider: ProviderName,
  shape: Shape,
  after?: unknown,
): Promise<QueryResult> {
  switch (shape) {
    case 'single':
      return product.query(`{ customer(id: "${provider}:1") { ${fields} } }`);
    case 'batch':
      return product.query(`query ($ids: [ID!]!) { customersByIds(ids: $ids) { ${fields} } }`, {
        variables: { ids: batchIds(provider) },
      });
    case 'list':
      return product.query(
        `query ($after: String) {
          customers(first: ${pageSize}, after: $after) { nodes { ${fields} } completeness { source { name } status code } }
        }`,
        { variables: { after } },
      );
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

export function readSection({ data, errors }: QueryResult): Section {
  const [field = ''] = Object.keys(data);
  return { customers: customersAt(data, field), errors: sortErrors(errors.map(placeError)) };
}

function placeError({ path = [], extensions }: QueryError): PlacedError {
  return { path: path.join('.'), extensions };
}

function sortErrors(errors: readonly PlacedError[]): PlacedError[] {
  return errors.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** A question to a source and to others, and what it is to come to. */
export interface Case {
  readonly provider: ProviderName;
  readonly shape: Shape;
  readonly outcome: Outcome;
  readonly isFarPage?: boolean;
}

/** What an answer has to be. */
export function expectedSection(truth: Truth, asked: Case): Section {
  const { provider, shape, outcome } = asked;
  const isLost = outcome.kind === 'lost' || outcome.kind === 'absent';
  const ids = idsAsked(truth, asked, isLost);
  const isOfFailing = (id: string) => id.startsWith(`${provider}:`);
  const left = outcome.kind === 'dropped' ? ids.filter((id) => !isOfFailing(id)) : ids;
  const customers = left.map((id) => {
    const customer = truth.byId.get(id);
    if (customer === undefined) throw new TypeError(`nothing is known of ${id}`);
    if (!isOfFailing(id)) return customer;
    return isLost ? null : outcome.kind === 'altered' ? outcome.change(customer) : customer;
  });
  const places = left.flatMap((id, index) => (isOfFailing(id) ? [placeOf(shape, index)] : []));
  return {
    customers,
    errors: sortErrors(expectedErrors(provider, shape, outcome, places, ids.length - left.length)),
  };
}

function idsAsked(
  truth: Truth,
  { provider, shape, isFarPage = false }: Case,
  isLost: boolean,
): readonly string[] {
  if (shape === 'single') return [`${provider}:1`];
  if (shape === 'batch') return batchIds(provider);
  return (isFarPage ? truth.pageAfter : truth.page)[isLost ? provider : 'all'];
}

function placeOf(shape: Shape, index: number): string {
  return shape === 'single'
    ? 'customer'
    : shape === 'batch'
      ? `customersByIds.${index}`
      : `customers.nodes.${index}`;
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
      return paths.map((path) =>
        error(path, code, retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
      );
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
    return [
      host,
      `:${port}`,
      token,
      ...Object.entries(settings).flatMap(([key, value]) => (/key|site/i.test(key) ? [String(value)] : [])),
    ];
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
