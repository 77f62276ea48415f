import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { extendDigest, listStart, rememberedRows } from '../../providers/kit/list-places.ts';
import { isSafeId } from '../../providers/kit/native-ids.ts';
import type { ListPlace } from '../../providers/provider.ts';
import { maxSealedLength } from '../../providers/token-seal.ts';
import { badUserInput } from '../errors.ts';
import { sourceNamePattern } from '../ids.ts';
import type { Sources } from '../sources.ts';
import type { ListPosition } from './position.ts';

const sourceName = z.string().regex(sourceNamePattern);
const count = z.int().min(0);

const ids = z.array(z.string().refine(isSafeId));

/** A place as it is written: what is usual is left out. */
const placeForm = z.strictObject({
  /** `offset`, `ids` */
  n: count,
  i: ids.max(rememberedRows),
  /** `idsAhead`, `unusable`, whether it is not ascending, `page` */
  a: ids.max(2 * rememberedRows).default([]),
  u: count.default(0),
  x: z.boolean().default(false),
  p: z.tuple([z.string().max(maxSealedLength), count]).optional(),
  /** `seenBehind`, `latestStart`, `total`, `digest` */
  b: count.default(1),
  s: z.int().min(-1).default(0),
  t: count.optional(),
  h: count.optional(),
});

const cursorForm = z.strictObject({
  /** What the list was narrowed by. */
  f: z.string().max(40),
  /** The place reached in each source. */
  o: z.record(sourceName, placeForm),
  /** Sources of which nothing follows. */
  d: z.array(sourceName),
  /** Those of them in which the place was lost. */
  l: z.array(sourceName).optional(),
});

/** Changes when cursors change their form, so that those of before are refused. */
const version = '2';

/** A place in each of some hundred sources takes less. */
const maxCursorLength = 50_000;

/**
 * Writes a position as an opaque text. It can be used with the same filter only, and is sealed: a position that
 * this product did not write would skip or repeat customers.
 */
export function writeCursor({ reached, finished, lost }: ListPosition, filterKey: string): string {
  const form: z.input<typeof cursorForm> = {
    f: digest(filterKey),
    o: Object.fromEntries([...reached].map(([source, place]) => [source, writePlace(place)])),
    d: [...finished],
    ...(lost.size === 0 ? {} : { l: [...lost] }),
  };
  const text = Buffer.from(JSON.stringify(form)).toString('base64url');
  return `${version}.${text}.${seal(text)}`;
}

function writePlace(place: ListPlace): z.input<typeof placeForm> {
  const { offset, ids: passed, idsAhead, unusable, isAscending, page } = place;
  // The digest of so few rows is made of their ids, and what was seen behind them is of no use yet.
  const isRemembered = offset === passed.length;
  return {
    n: offset,
    i: [...passed],
    ...(idsAhead.length === 0 ? {} : { a: [...idsAhead] }),
    ...(unusable === 0 ? {} : { u: unusable }),
    ...(isAscending ? {} : { x: true }),
    ...(page === undefined ? {} : { p: [page.token, page.offset] as const }),
    ...(isRemembered || place.seenBehind === 1 ? {} : { b: place.seenBehind }),
    ...(place.latestStart === 0 ? {} : { s: place.latestStart }),
    ...(place.total === null ? {} : { t: place.total }),
    ...(isRemembered ? {} : { h: place.digest }),
  };
}

function readPlace({ n, i, a, u, x, p, b, s, t, h }: z.output<typeof placeForm>): ListPlace {
  const digest = h ?? i.toReversed().reduce((before, id) => extendDigest(before, id), listStart.digest);
  const place = { offset: n, ids: i, idsAhead: a, unusable: u, isAscending: !x };
  const trail = { seenBehind: b, latestStart: s, total: t ?? null, digest, isUnproven: false };
  return { ...place, ...trail, ...(p === undefined ? {} : { page: { token: p[0], offset: p[1] } }) };
}

/** @throws GraphQLError BAD_USER_INPUT when the cursor was changed, is of another version or of another filter */
export function readCursor(cursor: string, filterKey: string, sources: Sources): ListPosition {
  const [cursorVersion, text = '', cursorSeal = '', ...more] =
    cursor.length > maxCursorLength ? [] : cursor.split('.');
  if (cursorVersion !== version && /^\d+$/.test(cursorVersion ?? '')) {
    throw badUserInput('The cursor is from another version of this server: begin again without `after`.');
  }
  const form =
    cursorVersion === version && more.length === 0 && isEqual(seal(text), cursorSeal)
      ? readForm(text)
      : undefined;
  if (form === undefined || !arePlaces(form, sources)) {
    throw badUserInput(
      'The cursor is not one that this server gave: expected `endCursor` of a page or `cursor` of an edge, unchanged.',
    );
  }
  const { f, o, d, l = [] } = form;
  if (f !== digest(filterKey))
    throw badUserInput('The cursor is from a list with another filter: begin again without `after`.');
  return {
    reached: new Map(Object.entries(o).map(([source, place]) => [source, readPlace(place)])),
    finished: new Set(d),
    lost: new Set(l),
  };
}

/** Ids and tokens go into calls: each has to be of its source. */
function arePlaces({ o }: z.output<typeof cursorForm>, sources: Sources): boolean {
  return Object.entries(o).every(([name, place]) => sources.get(name)?.isPlace(readPlace(place)) ?? true);
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
