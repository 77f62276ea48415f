import { UpstreamError } from '../../rest/errors.ts';

/** The most rows that a list answer may have. */
export const maxTop = 5_000;

/** Ids in one `$filter`: its limit is not documented, and servers of its kind take about 25 clauses. */
export const idsPerFilter = 20;

/** `id eq 1 or id eq 2`: the documented way to name several rows. */
export function anyOf(property: string, ids: readonly string[]): string {
  return ids.map((id) => `${property} eq ${id}`).join(' or ');
}

/** The rows behind one, in a list by ascending id. */
export function isBehind(id: string): string {
  return `id gt ${id}`;
}

/** A text in a filter: in single quotes, those inside it doubled. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Whether a site refused a call as such, as it does with names and filters that its version does not know. */
export function isRefused(error: unknown): boolean {
  return error instanceof UpstreamError && error.status === 400;
}
