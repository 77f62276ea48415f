import { z } from 'zod';
import type { QueryError, TestProduct } from '../../support/product.ts';
import { connectionParts, connectionPartsSelection } from './connection.ts';

/** A page of `customers`, as a client reads it. */
export type ListPage = z.output<typeof connectionForm> & {
  readonly ids: readonly string[];
  readonly errors: readonly QueryError[];
};

export interface ListArguments {
  readonly first?: number;
  readonly after?: string | null;
  readonly filter?: Record<string, unknown>;
}

const connectionForm = connectionParts.extend({
  edges: z.array(z.object({ cursor: z.string(), node: z.object({ id: z.string() }) })),
});

const query = `
  query ($first: Int, $after: String, $filter: CustomerFilter) {
    customers(first: $first, after: $after, filter: $filter) {
      edges { cursor node { id } }
      ${connectionPartsSelection}
    }
  }
`;

/** Asks for a page. @throws when there is none in the answer */
export async function readPage(
  product: Pick<TestProduct, 'query'>,
  variables: ListArguments = {},
): Promise<ListPage> {
  const { data, errors } = await product.query(query, { variables: { ...variables } });
  const page = connectionForm.parse(data?.['customers'], { reportInput: true });
  return { ...page, ids: page.edges.map(({ node }) => node.id), errors };
}

/** Asks for a page that is refused, and gives what is said of it. */
export async function readRefusal(
  product: Pick<TestProduct, 'query'>,
  variables: ListArguments,
): Promise<{ code: unknown; message: string }> {
  const { errors } = await product.query(query, { variables: { ...variables } });
  return { code: errors[0]?.extensions['code'], message: errors[0]?.message ?? '' };
}

/** `elevate PARTIAL`, for each source asked for. */
export function statuses({ completeness }: ListPage): string[] {
  return completeness.map(({ source, status, code }) =>
    [source.name, status, code].filter((part) => part !== null).join(' '),
  );
}

/** Asks for page after page until there are no more, each of `first` customers. */
export async function walk(
  product: Pick<TestProduct, 'query'>,
  variables: ListArguments,
): Promise<ListPage[]> {
  const pages: ListPage[] = [];
  let after = variables.after ?? null;
  do {
    const page = await readPage(product, { ...variables, after });
    pages.push(page);
    if (!page.pageInfo.hasNextPage) return pages;
    if (page.pageInfo.endCursor === after) throw new Error('the walk does not go on');
    after = page.pageInfo.endCursor;
  } while (pages.length < 2_000);
  throw new Error('the walk does not end');
}
