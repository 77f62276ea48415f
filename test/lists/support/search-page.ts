import { z } from 'zod';
import type { QueryError, TestProduct } from '../../support/product.ts';

export type SearchPage = z.output<typeof connectionForm> & { readonly ids: readonly string[]; readonly errors: readonly QueryError[] };

export interface SearchArguments {
  readonly text: string;
  readonly first?: number;
  readonly sources?: readonly string[];
}

const connectionForm = z.object({
  edges: z.array(
    z.object({ cursor: z.string(), score: z.number(), matchedField: z.string(), node: z.object({ id: z.string(), name: z.string() }) }),
  ),
  pageInfo: z.object({
    hasNextPage: z.boolean(),
    hasPreviousPage: z.boolean(),
    startCursor: z.string().nullable(),
    endCursor: z.string().nullable(),
  }),
  completeness: z.array(
    z.object({
      source: z.object({ name: z.string() }),
      status: z.string(),
      code: z.string().nullable(),
      reason: z.string().nullable(),
      fetchedAt: z.string().nullable(),
    }),
  ),
});

const query = `
  query ($text: String!, $first: Int, $sources: [String!]) {
    search(text: $text, first: $first, sources: $sources) {
      edges { cursor score matchedField node { id name } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      completeness { source { name } status code reason fetchedAt }
    }
  }
`;

/** @throws when the search is refused */
export async function search(product: Pick<TestProduct, 'query'>, variables: SearchArguments): Promise<SearchPage> {
  const { data, errors } = await product.query(query, { variables: { ...variables } });
  const page = connectionForm.parse(data?.['search']);
  return { ...page, ids: page.edges.map(({ node }) => node.id), errors };
}

/** Searches for what is refused, and gives what is said of it. */
export async function searchRefused(
  product: Pick<TestProduct, 'query'>,
  variables: Record<string, unknown>,
): Promise<{ code: unknown; message: string }> {
  const { errors } = await product.query(query, { variables });
  return { code: errors[0]?.extensions['code'], message: errors[0]?.message ?? '' };
}
