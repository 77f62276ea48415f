import { z } from 'zod';
import type { QueryError, TestProduct } from '../../support/product.ts';
import { connectionParts, connectionPartsSelection } from './connection.ts';

export type SearchPage = z.output<typeof connectionForm> & {
  readonly ids: readonly string[];
  readonly errors: readonly QueryError[];
};

export interface SearchArguments {
  readonly text: string;
  readonly first?: number;
  readonly sources?: readonly string[];
}

const connectionForm = connectionParts.extend({
  edges: z.array(
    z.object({
      cursor: z.string(),
      score: z.number(),
      matchedField: z.string(),
      node: z.object({ id: z.string(), name: z.string() }),
    }),
  ),
});

const query = `
  query ($text: String!, $first: Int, $sources: [String!]) {
    search(text: $text, first: $first, sources: $sources) {
      edges { cursor score matchedField node { id name } }
      ${connectionPartsSelection}
    }
  }
`;

/** @throws when the search is refused */
export async function search(
  product: Pick<TestProduct, 'query'>,
  variables: SearchArguments,
): Promise<SearchPage> {
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
