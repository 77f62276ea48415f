import type { TestProduct } from '../../support/product.ts';
import { providerNames as providers, type ProviderName } from '../../support/provider-names.ts';
import type { Customer } from './outcomes.ts';

type Asked = Pick<TestProduct, 'query'>;

/** What the sandbox's customers are, and which of them a page shows. */
export interface Truth {
  readonly byId: ReadonlyMap<string, Customer>;
  /** Ids on the first page, of all sources or of all but one. */
  readonly page: Readonly<Record<ProviderName | 'all', readonly string[]>>;
  /** The same of the page after the first 600 customers of all sources. */
  readonly pageAfter: Truth['page'];
}

export const fields = `id name ... on ElevateCustomer { creditThreshold } ... on Sage200Customer { creditLimit } ... on CroCustomer { parentId }`;
export const pageSize = 9;

export async function readTruth(product: Asked): Promise<Truth> {
  const listed = async (provider: ProviderName) =>
    (
      await walk(
        product,
        providers.filter((other) => other !== provider),
        5,
      )
    ).ids;
  const { ids: all } = await walk(product, providers, 7);
  const [elevate, sage200, cro] = await Promise.all([listed('elevate'), listed('sage200'), listed('cro')]);
  const cut = (from: number) => ({
    elevate: elevate.slice(from, from + pageSize),
    sage200: sage200.slice(from, from + pageSize),
    cro: cro.slice(from, from + pageSize),
  });
  return {
    byId: await readCustomers(product, all),
    page: { all: all.slice(0, pageSize), ...cut(0) },
    // Two hundred rows of each of the others are before it.
    pageAfter: { all: all.slice(600, 600 + pageSize), ...cut(400) },
  };
}

async function readCustomers(product: Asked, ids: readonly string[]): Promise<Map<string, Customer>> {
  const pages = Array.from({ length: Math.ceil(ids.length / 200) }, (_, index) =>
    ids.slice(200 * index, 200 * index + 200),
  );
  const answers = await Promise.all(
    pages.map((page) =>
      product.query(`query ($ids: [ID!]!) { customersByIds(ids: $ids) { ${fields} } }`, {
        variables: { ids: page },
      }),
    ),
  );
  const known = answers.flatMap(({ data }) => customersAt(data, 'customersByIds'));
  return new Map(known.flatMap((customer) => (customer === null ? [] : [[customer.id, customer]])));
}

/** Where each source has given two hundred rows: what follows is on no first page. */
export async function readFarCursor(product: Asked): Promise<unknown> {
  return (await walk(product, providers, 6)).end;
}

/** Ids of some pages of a hundred, and where the last one ends. */
async function walk(product: Asked, sources: readonly ProviderName[], pages: number) {
  const ids: string[] = [];
  let end: unknown = null;
  for (let page = 0; page < pages; page += 1) {
    const connection = await readWhole(product, sources, end);
    ids.push(...customersAt({ connection }, 'connection').map((customer) => customer?.id ?? ''));
    end = connection.pageInfo.endCursor;
  }
  return { ids, end };
}

/** A page on which no source is missing: the sandbox makes its records when they are first asked for, which takes a while. */
async function readWhole(product: Asked, sources: readonly ProviderName[], after: unknown) {
  for (let tries = 0; tries < 10; tries += 1) {
    const { data, errors } = await product.query(
      `query ($sources: [String!], $after: String) {
        customers(first: 100, after: $after, filter: { sources: $sources }) { nodes { id } pageInfo { endCursor } }
      }`,
      // A cursor belongs to its filter: none for all.
      { variables: { after, ...(sources.length === providers.length ? {} : { sources }) } },
    );
    if (errors.length === 0) return Object(data['customers']);
  }
  throw new Error('the sandbox fails by itself');
}

export function customersAt(data: Record<string, unknown>, field: string): (Customer | null)[] {
  const value = data[field];
  const list: unknown = typeof value === 'object' && value !== null && 'nodes' in value ? value.nodes : value;
  return (Array.isArray(list) ? list : [list]).map((item: unknown) => (isCustomer(item) ? item : null));
}

function isCustomer(value: unknown): value is Customer {
  return typeof value === 'object' && value !== null && 'id' in value;
}
