import { compareValues } from '../records/compare-values.ts';
import type { Row } from '../records/row.ts';
import { parseFilter, type Filter, type Test } from './filters.ts';

/** Why a request is refused with 400. */
export interface Refusal {
  readonly message: string;
}

interface ListRequest {
  readonly page: number;
  readonly pageSize: number;
  readonly order: readonly { readonly key: string; readonly isDescending: boolean }[];
  /** Properties to send; undefined for all. */
  readonly fields: readonly string[] | undefined;
  readonly tests: readonly ((row: Row) => boolean)[];
}

const maxPage = 2 ** 31 - 1;
const maxPageSize = 1_000;

export function isRefusal(value: object): value is Refusal {
  return 'message' in value && !Array.isArray(value);
}

/**
 * Answers a list request of Elevate: filters, sorts by id unless told otherwise, and cuts out one page.
 *
 * @param query the decoded query string; page and pageSize are required, unknown parameters are refused
 * @param keys the properties of a row, for `sort` and `fields`
 */
export function listRows(
  rows: readonly Row[],
  query: Row,
  keys: readonly string[],
  filters: Readonly<Record<string, Filter>>,
): readonly Row[] | Refusal {
  const request = parseListRequest(query, keys, filters);
  if (isRefusal(request)) return request;
  const found = rows
    .filter((row) => request.tests.every((test) => test(row)))
    .toSorted((a, b) => compareRows(a, b, request.order));
  const start = (request.page - 1) * request.pageSize;
  const { fields } = request;
  return found
    .slice(start, start + request.pageSize)
    .map((row) => (fields === undefined ? row : Object.fromEntries(fields.map((key) => [key, row[key]]))));
}

/** The tests of the filters in `query`; what is not a filter is refused, except for the parameters named in `others`. */
export function parseFilters(
  query: Row,
  filters: Readonly<Record<string, Filter>>,
  others: readonly string[] = [],
): ListRequest['tests'] | Refusal {
  const tests: ((row: Row) => boolean)[] = [];
  for (const [name, value] of Object.entries(query)) {
    if (others.includes(name)) continue;
    const filter = Object.hasOwn(filters, name) ? filters[name] : undefined;
    if (filter === undefined) return { message: 'The request has an unknown query parameter.' };
    const test: Test | undefined = typeof value === 'string' ? parseFilter(filter.kind, value) : undefined;
    if (test === undefined) return { message: `${name} is not a valid filter.` };
    tests.push((row) => test(filter.read === undefined ? row[name] : filter.read(row)));
  }
  return tests;
}

function parseListRequest(
  query: Row,
  keys: readonly string[],
  filters: Readonly<Record<string, Filter>>,
): ListRequest | Refusal {
  const page = parseCount(query['page'], maxPage);
  if (page === undefined) return { message: 'page is required and must be an integer of at least 1.' };
  const pageSize = parseCount(query['pageSize'], maxPageSize);
  if (pageSize === undefined)
    return { message: `pageSize is required and must be an integer from 1 to ${maxPageSize}.` };
  const order = parseOrder(query['sort'], keys);
  if (order === undefined)
    return { message: 'sort must name properties of the resource, each with :asc or :desc or neither.' };
  const fields = parseNames(query['fields'], keys);
  if (fields === null) return { message: 'fields must name properties of the resource.' };
  const tests = parseFilters(query, filters, ['page', 'pageSize', 'sort', 'fields']);
  return isRefusal(tests) ? tests : { page, pageSize, order, fields, tests };
}

/** An integer from 1 to `max`, or undefined. */
export function parseCount(value: unknown, max: number): number | undefined {
  if (typeof value !== 'string' || !/^[1-9]\d{0,15}$/.test(value)) return undefined;
  return Number(value) <= max ? Number(value) : undefined;
}

/** undefined when no names are given, null when they are not among `keys`. */
function parseNames(value: unknown, keys: readonly string[]): readonly string[] | undefined | null {
  if (value === undefined) return undefined;
  if (typeof value !== 'string') return null;
  const names = value.split(',').map((name) => name.trim());
  return names.every((name) => keys.includes(name)) ? names : null;
}

function parseOrder(value: unknown, keys: readonly string[]): ListRequest['order'] | undefined {
  if (value === undefined) return [{ key: 'id', isDescending: false }];
  if (typeof value !== 'string') return undefined;
  const terms = value.split(',').map((term) => /^\s*(\w+)(?::(asc|desc))?\s*$/.exec(term));
  const order = terms.map((term) => ({ key: term?.[1] ?? '', isDescending: term?.[2] === 'desc' }));
  return order.every(({ key }) => keys.includes(key)) ? order : undefined;
}

function compareRows(a: Row, b: Row, order: ListRequest['order']): number {
  for (const { key, isDescending } of order) {
    const difference = compareValues(a[key], b[key]);
    if (difference !== 0) return isDescending ? -difference : difference;
  }
  return 0;
}
