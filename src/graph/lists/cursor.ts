import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { isNativeId } from '../../providers/kit/native-ids.ts';
import { badUserInput } from '../errors.ts';
import { sourceNamePattern } from '../ids.ts';
import type { ListPosition } from './position.ts';

const cursorForm = z.strictObject({
  /** What the list was narrowed by. */
  f: z.string().max(40),
  /** By source: rows passed, and the native id of the first of all. */
  o: z.record(
    z.string().regex(sourceNamePattern),
    z.tuple([z.int().min(0), z.string().refine(isNativeId).nullable()]),
  ),
  d: z.array(z.string().regex(sourceNamePattern)),
});

/** Changes when cursors change their form, so that those of before are refused. */
const version = '1';

/**
 * Writes a position as an opaque text. It can be used with the same filter only, and is sealed: a position that
 * this product did not write would skip or repeat customers.
 */
export function writeCursor({ reached, finished }: ListPosition, filterKey: string): string {
  const form: z.input<typeof cursorForm> = {
    f: digest(filterKey),
    o: Object.fromEntries([...reached].map(([source, { offset, firstId }]) => [source, [offset, firstId]])),
    d: [...finished],
  };
  const text = Buffer.from(JSON.stringify(form)).toString('base64url');
  return `${version}.${text}.${seal(text)}`;
}

/** @throws GraphQLError BAD_USER_INPUT when the cursor was changed, is of another version or of another filter */
export function readCursor(cursor: string, filterKey: string): ListPosition {
  const [cursorVersion, text = '', cursorSeal = '', ...more] =
    cursor.length > 10_000 ? [] : cursor.split('.');
  if (cursorVersion !== version && /^\d+$/.test(cursorVersion ?? '')) {
    throw badUserInput('The cursor is from another version of this server: begin again without `after`.');
  }
  const form =
    cursorVersion === version && more.length === 0 && isEqual(seal(text), cursorSeal)
      ? readForm(text)
      : undefined;
  if (form === undefined) {
    throw badUserInput(
      'The cursor is not one that this server gave: expected `endCursor` of a page or `cursor` of an edge, unchanged.',
    );
  }
  const { f, o, d } = form;
  if (f !== digest(filterKey))
    throw badUserInput('The cursor is from a list with another filter: begin again without `after`.');
  return {
    reached: new Map(Object.entries(o).map(([source, [offset, firstId]]) => [source, { offset, firstId }])),
    finished: new Set(d),
  };
}

/** The seal's key is no secret, so that even a sealed text may be anything. */
function readForm(text: string): z.output<typeof cursorForm> | undefined {
  try {
    return cursorForm.safeParse(JSON.parse(Buffer.from(text, 'base64url').toString())).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Guards against mistakes; a cursor gives no access to anything. Every server makes the same. */
function seal(text: string): string {
  return createHmac('sha256', `customer-graph cursor ${version}`)
    .update(text)
    .digest('base64url')
    .slice(0, 16);
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 12);
}

function isEqual(a: string, b: string): boolean {
  const [bytesOfA, bytesOfB] = [Buffer.from(a), Buffer.from(b)];
  return bytesOfA.length === bytesOfB.length && timingSafeEqual(bytesOfA, bytesOfB);
}
