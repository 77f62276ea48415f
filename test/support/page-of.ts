/**
 * The part of a list that a REST call asks for, as each of the three APIs is asked: by the number and the size of a
 * page, or by rows to leave out and to send.
 *
 * @param cap rows that a page has at most, whatever is asked for
 */
export function pageOf<T>({ searchParams }: URL, rows: readonly T[], cap = Number.POSITIVE_INFINITY): T[] {
  const numberOf = (name: string) => (searchParams.has(name) ? Number(searchParams.get(name)) : undefined);
  const asked = numberOf('pageSize') ?? numberOf('page_limit') ?? numberOf('$top') ?? rows.length;
  const size = Math.min(asked, cap);
  const page = numberOf('page') ?? numberOf('page_index') ?? 1;
  const start = numberOf('$skip') ?? (page - 1) * size;
  return rows.slice(start, start + size);
}
