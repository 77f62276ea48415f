import { setTimeout as sleep } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';

/**
 * What has been seen of the pages of a source's lists, by collection and across requests. Servers cut pages short
 * without saying so: a page shorter than asked for is the last one only if longer ones are known to come.
 */
export interface PageMemory {
  /** Rows that may be asked for in a page, as was configured or the source says; undefined where no limit is known. */
  limitOf(collection: string): number | undefined;
  /** Whether the source has been seen to cut pages short without saying so. */
  cutsPages(collection: string): boolean;
  /** Rows of the longest page seen; 0 where none was. */
  longestOf(collection: string): number;
  /**
   * Whether it has to be looked behind a page of so many rows, fewer than were asked for. Pages under way may tell as
   * well: they are waited for, a while, and so is whoever looks already.
   *
   * @returns what to call when that was done; undefined where the page is known to be the last of its list
   */
  mustLookBehind(collection: string, rows: number): Promise<(() => void) | undefined>;
  sawPage(collection: string, rows: number): void;
  /** No row followed a page of so many, though it was shorter than asked for. */
  learnEnd(collection: string, rows: number): void;
  /** Others followed it. */
  learnCut(collection: string, rows: number): void;
  /** The source says that its pages hold no more. */
  learnLimit(collection: string, rows: number): void;
  /** Counts a page as under way until it is there. */
  track<T>(collection: string, page: Promise<T>): Promise<T>;
}

interface Seen {
  longest: number;
  /** Whether a list of `longest` rows ended with them. */
  isEndSeen: boolean;
  /** Whether pages of `longest` rows are cut short without a word: then the length of none tells that it is the last. */
  isCutSeen: boolean;
  limit: number | undefined;
}

/** A server may be configured anew: what was seen of it is looked at again after a while. */
const rememberedMs = 600_000;

/** For pages under way, and for those that their readers look behind. */
const mostWaits = 2;
const maxWaitMs = 1_000;

/** @param maxPageSize the source's own limit, where its operator knows it */
export function createPageMemory(maxPageSize: number | undefined): PageMemory {
  const collections = new LRUCache<string, Seen>({ max: 1_000, ttl: rememberedMs });
  const underWay = new Map<string, Set<Promise<unknown>>>();

  function seenOf(collection: string): Seen {
    const known = collections.get(collection);
    if (known !== undefined) return known;
    const seen = { longest: 0, isEndSeen: false, isCutSeen: false, limit: undefined };
    collections.set(collection, seen);
    return seen;
  }

  function endsList(collection: string, rows: number): boolean {
    const { longest, isEndSeen, isCutSeen } = seenOf(collection);
    if (isCutSeen) return false;
    return rows < longest || rows < (maxPageSize ?? 0) || (rows === longest && isEndSeen);
  }

  async function track<T>(collection: string, page: Promise<T>): Promise<T> {
    const pages = underWay.get(collection) ?? new Set();
    underWay.set(collection, pages.add(page));
    try {
      return await page;
    } finally {
      pages.delete(page);
      if (pages.size === 0) underWay.delete(collection);
    }
  }

  return {
    limitOf(collection) {
      const { limit } = seenOf(collection);
      return limit === undefined || (maxPageSize ?? limit) < limit ? maxPageSize : limit;
    },
    cutsPages: (collection) => seenOf(collection).isCutSeen,
    longestOf: (collection) => seenOf(collection).longest,
    async mustLookBehind(collection, rows) {
      for (let waits = 0; waits < mostWaits && !endsList(collection, rows); waits += 1) {
        const others = underWay.get(collection);
        if (others === undefined) break;
        await settle(others);
      }
      if (endsList(collection, rows)) return undefined;
      let looked = () => {};
      void track(collection, new Promise<void>((resolve) => void (looked = resolve)));
      return looked;
    },
    sawPage(collection, rows) {
      const seen = seenOf(collection);
      if (rows > seen.longest) Object.assign(seen, { longest: rows, isEndSeen: false, isCutSeen: false });
    },
    learnEnd(collection, rows) {
      const seen = seenOf(collection);
      if (rows === seen.longest) seen.isEndSeen = true;
    },
    learnCut(collection, rows) {
      Object.assign(seenOf(collection), { longest: rows, isEndSeen: false, isCutSeen: true });
    },
    learnLimit: (collection, rows) => void (seenOf(collection).limit = rows),
    track,
  };
}

async function settle(pages: Iterable<Promise<unknown>>): Promise<void> {
  const waiting = new AbortController();
  const tooLong = sleep(maxWaitMs, undefined, { signal: waiting.signal, ref: false }).catch(() => {});
  await Promise.race([Promise.allSettled(pages), tooLong]);
  waiting.abort();
}
