import { LRUCache } from 'lru-cache';
import type { Query } from '../../rest/client.ts';
import type { SourceRequest } from '../provider.ts';
import { anyOf, isBehind, isRefused } from './odata.ts';

/** What has been learnt of a site: versions of Sage 200 differ, and what one refuses is not sent again and again. */
export interface Site {
  /** @param feature a name as `known-names.ts` writes it, or what stands for a filter */
  isRefused(feature: string): boolean;
  /** @param forMs how long that holds; left out: as long as anything that is learnt */
  learnRefusal(feature: string, forMs?: number): void;
}

/** A site may be upgraded, and one that is out of order may have refused what it takes: it is tried again after a while. */
const learntForMs = 600_000;

/** Short: a site that refuses its list whatever is asked of it is mostly out of order, and records one by one cost more. */
const refusedListMs = 10_000;

export function createSite(ttlMs = learntForMs): Site {
  const refused = new LRUCache<string, true>({ max: 1_000, ttl: ttlMs });
  return {
    isRefused: (feature) => refused.has(feature),
    learnRefusal: (feature, forMs = ttlMs) => void refused.set(feature, true, { ttl: forMs }),
  };
}

/** What a site may not take in a `$filter`. */
interface FilterFeature {
  /** What it is remembered by. */
  readonly name: string;
  /** A filter for customers that nothing else can be wrong with. */
  readonly probe: string;
}

const orFilter: FilterFeature = { name: '$filter or', probe: anyOf('id', ['1', '2']) };
const behindFilter: FilterFeature = { name: '$filter gt', probe: isBehind('1') };

/**
 * Makes a call for rows that belong to any of several others. Where the site refuses `or` each is asked for alone.
 *
 * @returns undefined when several cannot be asked for in one call
 */
export async function askForAny<T>(
  request: SourceRequest,
  site: Site,
  ids: readonly string[],
  ask: () => Promise<T>,
): Promise<T | undefined> {
  return ids.length === 1 ? ask() : askWith(request, site, orFilter, ask);
}

/**
 * Makes a call for the rows behind one by ascending id.
 *
 * @param isHeeded whether what came is what was asked for
 * @returns undefined when the site refuses such a filter, or does not heed it
 */
export async function askBehind<T>(
  request: SourceRequest,
  site: Site,
  ask: () => Promise<T>,
  isHeeded: (answer: T) => boolean,
): Promise<T | undefined> {
  const answer = await askWith(request, site, behindFilter, ask);
  if (answer === undefined || isHeeded(answer)) return answer;
  site.learnRefusal(behindFilter.name);
  return undefined;
}

async function askWith<T>(
  request: SourceRequest,
  site: Site,
  { name, probe }: FilterFeature,
  ask: () => Promise<T>,
): Promise<T | undefined> {
  if (site.isRefused(name)) return undefined;
  try {
    return await ask();
  } catch (error) {
    if (!isRefused(error)) throw error;
    const isAnswered = await learnRefusals(
      request,
      site,
      '/customers',
      new Map([[name, { $filter: probe }]]),
    );
    // A list that is refused as such would be asked in vain by each operation.
    if (!isAnswered && (await isCallRefused(request, '/customers', { $top: 2 })))
      site.learnRefusal(name, refusedListMs);
    return undefined;
  }
}

/**
 * Finds out which of some features the site refuses, each by a query that nothing else can be wrong with. It has to
 * refuse twice: one that is out of order may refuse anything for the moment. Where it refuses a call without any of them
 * nothing is learnt.
 *
 * @returns whether it takes a call without any of them
 */
export async function learnRefusals(
  request: SourceRequest,
  site: Site,
  path: string,
  features: ReadonlyMap<string, Query>,
): Promise<boolean> {
  if (await isCallRefused(request, path, { $top: 1 })) return false;
  await Promise.all(
    [...features].map(async ([feature, query]) => {
      if (!(await isCallRefused(request, path, { ...query, $top: 1 }))) return;
      // Another URL: within a request none is asked for twice.
      if (await isCallRefused(request, path, { ...query, $top: 2 })) site.learnRefusal(feature);
    }),
  );
  return true;
}

/** A call that fails in another way tells nothing. */
async function isCallRefused(request: SourceRequest, path: string, query: Query): Promise<boolean> {
  try {
    await request.get(path, query, { decode: (body) => body });
    return false;
  } catch (error) {
    return isRefused(error);
  }
}
