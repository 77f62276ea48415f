import type { Row } from '../../records/row.ts';
import { matchesFilter } from './evaluate.ts';
import { parseFilter, type Expression } from './filter.ts';
import type { Model, Shape } from './model.ts';
import { ODataError } from './odata-error.ts';
import { parseOrderBy, sortRows, type OrderTerm } from './order.ts';
import { parseProjection, type Projection } from './projection.ts';

/** A request for one record, or for the description of its properties. */
export interface RecordQuery {
  readonly projection: Projection;
  /** Set where properties are to be described instead of records sent; true: with those that `$expand` takes. */
  readonly describesLinks: boolean | undefined;
}

/** A request for a list of records, or for their number. */
export interface CollectionQuery extends RecordQuery {
  readonly filter: Expression | undefined;
  readonly orderBy: readonly OrderTerm[];
  /** Most records to send. */
  readonly top: number;
  /** Records to pass over first. */
  readonly skip: number;
  readonly isCount: boolean;
}

/** The query part of a URL; a list where a parameter is repeated. */
export type QueryParameters = Readonly<Record<string, unknown>>;

const defaultTop = 500;
const maxTop = 5000;
const recordOptions = ['$select', '$expand', '$metadata'];
const collectionOptions = [...recordOptions, '$filter', '$orderby', '$top', '$skip', '$count'];

/**
 * Reads the options of a request for one record.
 *
 * @throws ODataError for what the API would refuse
 */
export function parseRecordQuery(parameters: QueryParameters, shape: Shape, model: Model): RecordQuery {
  return readRecordOptions(readOptions(parameters, recordOptions), shape, model);
}

/**
 * Reads the options of a request for a list.
 *
 * @throws ODataError for what the API would refuse
 */
export function parseCollectionQuery(
  parameters: QueryParameters,
  shape: Shape,
  model: Model,
): CollectionQuery {
  const options = readOptions(parameters, collectionOptions);
  const filter = options.get('$filter');
  const orderBy = options.get('$orderby');
  if (options.has('$skip') && orderBy === undefined)
    throw new ODataError("The query option '$skip' requires '$orderby'.");
  return {
    ...readRecordOptions(options, shape, model),
    filter: filter === undefined ? undefined : parseFilter(filter, shape),
    orderBy: orderBy === undefined ? [] : parseOrderBy(orderBy, shape),
    top: readCount(options, '$top', defaultTop, maxTop),
    skip: readCount(options, '$skip', 0, Number.MAX_SAFE_INTEGER),
    isCount: readFlag(options, '$count') ?? false,
  };
}

/** The records that meet the filter, in their order; `$top` and `$skip` are not applied. */
export function filterRows(rows: readonly Row[], { filter }: CollectionQuery): readonly Row[] {
  return filter === undefined ? rows : rows.filter((row) => matchesFilter(filter, row));
}

/** One page of the records that meet the filter. */
export function queryRows(rows: readonly Row[], query: CollectionQuery): readonly Row[] {
  return sortRows(filterRows(rows, query), query.orderBy).slice(query.skip, query.skip + query.top);
}

function readOptions(parameters: QueryParameters, allowed: readonly string[]): ReadonlyMap<string, string> {
  const options = new Map<string, string>();
  for (const [name, value] of Object.entries(parameters)) {
    // Names without a dollar are the caller's own, and pass.
    if (!name.startsWith('$')) continue;
    if (!allowed.includes(name)) throw new ODataError(`The query parameter '${name}' is not supported.`);
    if (typeof value !== 'string') throw new ODataError(`The query parameter '${name}' must be given once.`);
    options.set(name, value);
  }
  return options;
}

function readRecordOptions(options: ReadonlyMap<string, string>, shape: Shape, model: Model): RecordQuery {
  return {
    projection: parseProjection(options.get('$select'), options.get('$expand'), shape, model),
    describesLinks: readFlag(options, '$metadata'),
  };
}

function readCount(
  options: ReadonlyMap<string, string>,
  name: string,
  fallback: number,
  limit: number,
): number {
  const text = options.get(name)?.trim();
  if (text === undefined) return fallback;
  const count = /^\d+$/.test(text) ? Number(text) : -1;
  if (count < 0 || count > limit)
    throw new ODataError(`The value '${text}' of '${name}' is not an integer from 0 to ${limit}.`);
  return count;
}

function readFlag(options: ReadonlyMap<string, string>, name: string): boolean | undefined {
  const text = options.get(name)?.trim();
  if (text === undefined) return undefined;
  if (text !== 'true' && text !== 'false')
    throw new ODataError(`The value '${text}' of '${name}' is neither true nor false.`);
  return text === 'true';
}
