import { listStart } from '../../providers/kit/list-places.ts';
import { nativeIdOf } from '../../providers/kit/native-ids.ts';
import type { CustomerFilter, ListedCustomer, Source } from '../../providers/provider.ts';
import { UpstreamError } from '../../rest/errors.ts';
import { sessionOf, type GraphContext } from '../context.ts';
import {
  answeredAt,
  describeDenial,
  describeFailed,
  describeLoss,
  describeUnlisted,
  forbiddenErrors,
  type Completeness,
} from '../lists/completeness.ts';
import { findForbidden, findUnsupported, maxTextLength } from '../lists/filter.ts';
import { keepReadable, maySeeAllTexts } from './readable-texts.ts';
import { scoreCustomer, type Match } from './score.ts';
import { chooseSearchWords } from './texts.ts';

export interface FoundCustomer {
  readonly customer: ListedCustomer;
  readonly match: Match;
}

export interface SearchResult {
  /** The likeliest first. */
  readonly found: readonly FoundCustomer[];
  readonly completeness: readonly Completeness[];
  readonly failures: readonly Error[];
}

/** Words of the text that each source is asked for, in calls of their own. */
const wordsAsked = 2;

/** Rows that a source is asked for with each word. */
const rowsPerWord = 100;

/** Rows less like the text than this have only a word in common with it by chance. */
const leastScore = 0.15;

/** Asks all sources at once for customers with words of a text in their names, and ranks what comes back. */
export async function searchCustomers(
  text: string,
  sources: readonly Source[],
  context: GraphContext,
): Promise<SearchResult> {
  const answers = await Promise.all(sources.map((source) => searchSource(source, text, context)));
  const found = answers
    .flatMap(({ customers }) => customers)
    .map((customer): FoundCustomer => ({
      customer,
      match: scoreCustomer(text, keepReadable(customer, context.access)),
    }))
    .filter(({ match }) => match.score >= leastScore)
    .toSorted((a, b) => b.match.score - a.match.score);
  const completeness = answers.map((answer) => answer.completeness);
  return {
    found,
    completeness,
    failures: [...answers.flatMap(({ failure }) => failure ?? []), ...forbiddenErrors(completeness)],
  };
}

interface SourceAnswer {
  readonly customers: readonly ListedCustomer[];
  readonly completeness: Completeness;
  readonly failure?: UpstreamError;
}

async function searchSource(source: Source, text: string, context: GraphContext): Promise<SourceAnswer> {
  const chosen = chooseFilters(source, text);
  const filters = chosen.filter((each) => findForbidden(source, each, context.access).length === 0);
  const [filter = chosen[0] ?? { name: text }] = filters;
  const unlisted = describeUnlisted(source, filter, context.access);
  if (unlisted !== undefined) return { customers: [], completeness: unlisted };
  const seesAll = maySeeAllTexts(source, context.access);
  const listed = { source, filter, code: null, reason: null, fetchedAt: null, total: undefined };
  const session = sessionOf(source, context);
  const limit = Math.min(rowsPerWord, source.listing?.maxPageSize ?? rowsPerWord);
  try {
    const pages = await Promise.all(
      filters.map((each) =>
        session.fetchPage({ after: listStart, limit, filter: each, wantsTotal: false, wantsTexts: seesAll }),
      ),
    );
    const customers = distinctCustomers(
      pages.flatMap(({ rows }) => rows.flatMap(({ customer }) => customer ?? [])),
    );
    // Several filters overlap: what matches any of them is not counted by the provider.
    const total = filters.length === 1 ? undefined : null;
    const answered = { ...listed, total, fetchedAt: answeredAt(customers.map(({ row }) => row)) };
    const failure = pages.find((page) => page.failure !== undefined)?.failure;
    if (failure !== undefined) return { customers, completeness: describeFailed(answered, failure), failure };
    if (pages.some(({ isPlaceLost }) => isPlaceLost === true))
      return { customers, completeness: { ...answered, status: 'PARTIAL', reason: describeLoss(source) } };
    if (!seesAll) {
      const reason = describeDenial(source, 'search by all that customers are found by');
      return { customers, completeness: { ...answered, status: 'PARTIAL', reason } };
    }
    const status = pages.some(({ hasMore }) => hasMore) ? 'PARTIAL' : 'COMPLETE';
    return { customers, completeness: { ...answered, status } };
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    return { customers: [], completeness: describeFailed(listed, error), failure: error };
  }
}

/** By name, and by reference where the text may be one: it has a digit and no blank. */
function chooseFilters(source: Source, text: string): CustomerFilter[] {
  const reference = text.trim();
  const isReference =
    /\d/.test(reference) && !/[\s\p{Cc}\p{Cs}]/u.test(reference) && reference.length <= maxTextLength;
  const byReference: CustomerFilter[] = isReference ? [{ reference }] : [];
  const byName = chooseSearchWords(text, wordsAsked).map((name): CustomerFilter => ({ name: cutWord(name) }));
  return [...byName, ...byReference].filter((filter) => findUnsupported(source, filter) === undefined);
}

/** As long as a filter's text may be, without half a character at the end. */
function cutWord(word: string): string {
  return word.slice(0, maxTextLength).replace(/\p{Cs}$/u, '');
}

function distinctCustomers(customers: readonly ListedCustomer[]): ListedCustomer[] {
  const byId = new Map<string, ListedCustomer>();
  for (const customer of customers) {
    const id = nativeIdOf(customer.row);
    if (id !== undefined && !byId.has(id)) byId.set(id, customer);
  }
  return [...byId.values()];
}
