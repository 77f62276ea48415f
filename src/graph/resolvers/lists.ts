import type { GraphQLResolveInfo } from 'graphql';
import type { QueryResolvers, Resolvers } from '../../generated/graph.ts';
import { listStart } from '../../providers/kit/list-places.ts';
import { sessionOf, type GraphContext } from '../context.ts';
import { badUserInput } from '../errors.ts';
import { quoteInput } from '../ids.ts';
import { readCursor, writeCursor } from '../lists/cursor.ts';
import { checkFilter, checkPageSize, chooseSources } from '../lists/filter.ts';
import { listCustomers } from '../lists/list-customers.ts';
import { noPosition, type ListPosition } from '../lists/position.ts';
import { searchCustomers } from '../search/search-customers.ts';

const maxSearchLength = 100;

export const customers: NonNullable<QueryResolvers['customers']> = async (
  _root,
  { first, after, filter },
  context,
  info,
) => {
  const checked = checkFilter(filter, context);
  const size = checkPageSize(first, 20, 100);
  const start = typeof after === 'string' ? readCursor(after, checked.key, context.sources) : noPosition;
  const page = await listCustomers(checked, start, size, context);
  reportAll(page.failures, context, info);
  const edges = page.rows.map(({ customer, position }) => ({
    node: customer.row,
    cursor: writeCursor(position, checked.key),
  }));
  return {
    edges,
    nodes: edges.map(({ node }) => node),
    pageInfo: {
      hasNextPage: page.hasNextPage,
      hasPreviousPage: hasPassedRows(start),
      startCursor: edges[0]?.cursor ?? null,
      // A page without customers may lead to others: what was passed could not be used, or a source failed.
      endCursor: page.hasNextPage || hasPassedRows(page.end) ? writeCursor(page.end, checked.key) : null,
    },
    completeness: [...page.completeness],
  };
};

export const search: NonNullable<QueryResolvers['search']> = async (
  _root,
  { text, first, sources },
  context,
  info,
) => {
  const size = checkPageSize(first, 10, 50);
  if (!/[\p{L}\p{N}]/u.test(text) || text.length > maxSearchLength) {
    throw badUserInput(
      `text is ${quoteInput(text)}: expected 1 to ${maxSearchLength} characters, a letter or a digit among them.`,
    );
  }
  const result = await searchCustomers(text, chooseSources(sources, context), context);
  reportAll(result.failures, context, info);
  const edges = result.found.slice(0, size).map(({ customer, match }, index) => ({
    cursor: String(index + 1),
    node: customer.row,
    score: Math.round(match.score * 1_000) / 1_000,
    matchedField: match.field,
  }));
  return {
    edges,
    nodes: edges.map(({ node }) => node),
    pageInfo: {
      hasNextPage: result.found.length > size,
      hasPreviousPage: false,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    completeness: [...result.completeness],
  };
};

export const completenessResolvers: Pick<Resolvers, 'SourceCompleteness'> = {
  SourceCompleteness: {
    async totalCount({ source, filter, total }, _args, context) {
      if (total !== undefined) return total;
      if (source.listing?.canCount !== true) return null;
      const page = await sessionOf(source, context).fetchPage({
        after: listStart,
        limit: 0,
        filter,
        wantsTotal: true,
      });
      return page.total;
    },
  },
};

/** A source that is missing from a list is an error of the answer too, for those who look there only. */
function reportAll(failures: readonly Error[], context: GraphContext, info: GraphQLResolveInfo): void {
  for (const failure of failures) context.report(failure, info.path);
}

function hasPassedRows({ reached }: ListPosition): boolean {
  return [...reached.values()].some(({ offset, ids }) => offset > 0 || ids.length > 0);
}
