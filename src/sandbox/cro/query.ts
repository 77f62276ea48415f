import type { Row } from '../records/row.ts';
import { CroRequestError } from './errors.ts';

type Values = Readonly<Record<string, string | number | boolean | undefined>>;

/** How the value of a query parameter is read: undefined when it is not valid. */
export interface Parameter {
  readonly read: (text: string) => string | number | boolean | undefined;
  readonly expected: string;
}

export type Parameters = Readonly<Record<string, Parameter>>;

/** A list as CRO sends it, whatever its rows. */
export interface Envelope {
  readonly current_limit: number;
  readonly current_page: number;
  readonly results: readonly Row[];
  readonly total_count: number;
  readonly total_pages: number;
}

const defaultLimit = 100;

const flagParameter: Parameter = {
  read: (text) => ({ '0': false, '1': true, false: false, true: true })[text.toLowerCase()],
  expected: 'Not a boolean.',
};
const timeParameter: Parameter = { read: readTime, expected: 'Not an ISO 8601 date and time.' };
const idParameter = createInteger(1, Number.MAX_SAFE_INTEGER);
const nameParameter: Parameter = {
  read: (text) => (text !== '' && text.length <= 64 ? text : undefined),
  expected: 'Not between 1 and 64 characters.',
};

export const pageParameters: Parameters = {
  page_index: createInteger(1, 10_000),
  page_limit: createInteger(1, 1_000),
};

/** Parameters of GET /locations/{location_id}/customers. */
export const locationCustomerParameters: Parameters = {
  ...pageParameters,
  active: flagParameter,
  created_on_gte: timeParameter,
  is_parent: flagParameter,
  last_updated_gte: timeParameter,
  name: nameParameter,
  parent_id: idParameter,
};

/** Parameters of GET /customers. */
export const customerParameters: Parameters = { ...locationCustomerParameters, location_id: idParameter };

function createInteger(min: number, max: number): Parameter {
  return {
    read: (text) =>
      /^\d{1,16}$/.test(text) && Number(text) >= min && Number(text) <= max ? Number(text) : undefined,
    expected: `Not an integer from ${min} to ${max}.`,
  };
}

/** In the form of the payload, so that texts compare as times do. Zones are cut off: CRO has none. */
function readTime(text: string): string | undefined {
  const [, day, time = '00:00:00', fraction = ''] =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?Z?)?$/.exec(text) ?? [];
  if (day === undefined || Number.isNaN(Date.parse(`${day}T${time}Z`))) return undefined;
  return `${day}T${time}.${fraction.padEnd(6, '0')}`;
}

/** @throws CroRequestError on unknown, repeated or ill-formed parameters */
export function readQuery(query: Row, parameters: Parameters, model: string): Values {
  const values = Object.entries(query).map(([field, text]) => {
    const parameter = Object.hasOwn(parameters, field) ? parameters[field] : undefined;
    // A name from outside stays out of the status line unless it is a plain word.
    const named = /^\w{1,64}$/.test(field) ? field : 'query';
    if (parameter === undefined)
      throw new CroRequestError({ status: 400, model, field: named, message: 'Unknown field.' });
    const value = typeof text === 'string' ? parameter.read(text) : undefined;
    if (value === undefined)
      throw new CroRequestError({ status: 400, model, field, message: parameter.expected });
    return [field, value] as const;
  });
  return Object.fromEntries(values);
}

/** The page of `rows` that `values` ask for. Pages past the end are empty. */
export function createEnvelope(rows: readonly Row[], values: Values): Envelope {
  const limit = Number(values['page_limit'] ?? defaultLimit);
  const page = Number(values['page_index'] ?? 1);
  return {
    current_limit: limit,
    current_page: page,
    results: rows.slice((page - 1) * limit, page * limit),
    total_count: rows.length,
    total_pages: Math.ceil(rows.length / limit),
  };
}

/** Whether `name` is `wanted`, in which `*` stands for any text; case does not count. */
export function matchesName(name: string, wanted: string): boolean {
  const parts = wanted.split('*').map((part) => part.replace(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join('.*')}$`, 'isu').test(name);
}
