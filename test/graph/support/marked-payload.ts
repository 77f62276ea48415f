import type { Json, Property, Shapes } from './payload-fields.ts';

/** A leaf or container of a marked payload. */
export interface Mark {
  /** `sites[].siteAddress.town`; the items of a list share theirs. */
  readonly path: string;
  readonly property: Property;
  readonly value: Json;
}

export interface MarkedPayload {
  readonly payload: Json;
  readonly marks: readonly Mark[];
}

/** Tells the value of the n-th boolean of a payload. */
export type ChooseBoolean = (index: number) => boolean;

/** Copies a sample with a value of its own, of the right type, in every leaf. Booleans get what `choose` says. */
export function markPayload(shapes: Shapes, sample: Json, choose: ChooseBoolean): MarkedPayload {
  const marks: Mark[] = [];
  let leaves = 0;
  let booleans = 0;

  function copy(value: Json, property: Property, path: string): Json {
    if (Array.isArray(value)) return value.map((item) => copy(item, property, `${path}[]`));
    if (typeof value === 'object') return copyObject(value, property.shape ?? '', path);
    if (property.type === 'boolean') return choose(booleans++);
    return createValue(property, leaves++);
  }

  function copyObject(value: { [key: string]: Json }, shape: string, place: string): Json {
    const entries = Object.entries(value).map(([key, inner]): [string, Json] => {
      const path = place === '' ? key : `${place}.${key}`;
      const property = shapes(shape, key);
      const marked = copy(inner, property, path);
      marks.push({ path, property, value: marked });
      return [key, marked];
    });
    return Object.fromEntries(entries);
  }

  return { payload: copy(sample, { type: 'object', format: undefined, shape: 'Customer' }, ''), marks };
}

/** Values of a type that are all different: dates by their day, so that a time cut off leaves them different. */
function createValue({ type, format }: Property, index: number): string | number {
  const day = new Date(Date.UTC(2000, 0, 1 + index)).toISOString().slice(0, 10);
  switch (type === 'string' ? (format ?? 'string') : type) {
    case 'integer':
      return 100_000 + index;
    case 'number':
      return 100_000 + index + 0.25;
    case 'date':
      return day;
    case 'date-time':
      return `${day}T00:00:00Z`;
    case 'local-date-time':
      return `${day}T01:02:03.000456`;
    default:
      return `text ${index}`;
  }
}

/** The text by which a marked value is known in an answer; a date-time and its day are the same. */
export function markOf(value: string | number): string {
  return String(value).replace(/^(\d{4}-\d\d-\d\d)T.*$/, '$1');
}

/**
 * Codes by which booleans are told apart in several rounds: the bits of the index, then their complements. All
 * have as many ones as zeros, so that neither a constant nor an `or` of several can be taken for one; and the first
 * bit is never set, so that no negation can.
 */
export function createBooleanCodes(count: number): {
  readonly rounds: number;
  readonly bit: (index: number, round: number) => boolean;
} {
  const width = Math.ceil(Math.log2(Math.max(count, 2))) + 1;
  return {
    rounds: 2 * width,
    bit: (index, round) => ((index >> (width - 1 - (round % width))) & 1) === (round < width ? 1 : 0),
  };
}
