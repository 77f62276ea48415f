import { z } from 'zod';

/** What every connection of customers has beside its edges, as a client reads it. */
export const connectionParts = z.object({
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

/** The selection of `connectionParts`. */
export const connectionPartsSelection = `
  pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  completeness { source { name } status code reason fetchedAt }
`;
