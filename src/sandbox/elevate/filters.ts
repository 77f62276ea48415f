import type { Row } from '../records/row.ts';

/** What a list filter compares, which decides its syntax. */
export type FilterKind = 'text' | 'id' | 'date' | 'dateTime';

export interface Filter {
  readonly kind: FilterKind;
  /** The value that the filter looks at; by default the row's property of the filter's name. */
  readonly read?: (row: Row) => unknown;
}

export type Test = (value: unknown) => boolean;

const day = /^\d{4}-\d{2}-\d{2}$/;
const moment = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;

/** Turns the value of a filter parameter into a test of one row's value; undefined when the syntax is wrong. */
export function parseFilter(kind: FilterKind, text: string): Test | undefined {
  switch (kind) {
    case 'text':
      return parseTextFilter(text);
    case 'id':
      return /^[1-9]\d{0,15}$/.test(text) ? (value) => value === Number(text) : undefined;
    case 'date':
      return parseTimeFilter(text, /^(lt:|gt:|gtn:)?(.*)$/, day);
    case 'dateTime':
      return parseTimeFilter(text, /^(lt:|gt:)?(.*)$/, moment);
  }
}

/** `xyz` | `in:x,y` | `like:xyz` */
function parseTextFilter(text: string): Test | undefined {
  if (text === '' || text === 'in:' || text === 'like:') return undefined;
  if (text.startsWith('in:')) {
    const wanted = new Set(text.slice('in:'.length).split(','));
    return (value) => typeof value === 'string' && wanted.has(value);
  }
  if (text.startsWith('like:')) {
    const part = text.slice('like:'.length).toLowerCase();
    return (value) => typeof value === 'string' && value.toLowerCase().includes(part);
  }
  return (value) => value === text;
}

/** Equal without prefix; `gtn:` lets rows without a value pass as well. Texts of one form sort as the times they stand for. */
function parseTimeFilter(text: string, syntax: RegExp, form: RegExp): Test | undefined {
  const [, prefix = '', wanted = ''] = syntax.exec(text) ?? [];
  if (!form.test(wanted) || Number.isNaN(Date.parse(wanted))) return undefined;
  return (value) => {
    if (typeof value !== 'string') return prefix === 'gtn:';
    // A filter by day also looks at date-times, such as mandateCreatedDate.
    const found = value.slice(0, wanted.length);
    if (prefix === 'lt:') return found < wanted;
    if (prefix === '') return found === wanted;
    return found > wanted;
  };
}
