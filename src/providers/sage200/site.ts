import { LRUCache } from 'lru-cache';
import type { Query } from '../../rest/client.ts';
import type { SourceRequest } from '../provider.ts';
import type { Loaders } from './loaders.ts';
import { anyOf, isRefused } from './odata.ts';

/** What has been learnt of a site: versions of Sage 200 differ, and what one refuses is not sent again and again. */
export interface Site {
  /** @param feature a name as `known-names.ts` writes it, or what stands for a filter */
  isRefused(feature: string): boolean;
  learnRefusal(feature: string): void;
}

/** A site may be upgraded, and one that is out of order may have refused what it takes: it is tried again after a while. */
const learntForMs = 600_000;

export function createSite(ttlMs = learntForMs): Site {
  const refused = new LRUCache<string, true>({ max: 1_000, ttl: ttlMs });
  return {
    isRefused: (feature) => refused.has(feature),
    learnRefusal: (feature) => void refused.set(feature, true),
  };
}

/** `or` in a `$filter`. */
const orFilter = '$filter or';

/**
 * Makes a call for rows that belong to any of several others. Where the site refuses `or` each is asked for alone;
 * that is learnt by a filter that nothing else can be wrong with.
 *
 * @returns undefined when several cannot be asked for in one call
 */
export async function askForAny<T>(
  request: SourceRequest<Loaders>,
  site: Site,
  ids: readonly string[],
  ask: () => Promise<T>,
): Promise<T | undefined> {
  if (ids.length === 1) return ask();
  if (site.isRefused(orFilter)) return undefined;
  try {
    return await ask();
  } catch (error) {
    if (!isRefused(error)) throw error;
    await learnRefusals(
      request,
      site,
      '/customers',
      new Map([[orFilter, { $filter: anyOf('id', ['1', '2']) }]]),
    );
    return undefined;
  }
}

/**
 * Finds out which of some features the site refuses, each by a query that nothing else can be wrong with. It has to
 * refuse twice: one that is out of order may refuse anything for the moment. Where it refuses a call without any of them
 * nothing is learnt.
 */
export async function learnRefusals(
  request: SourceRequest<Loaders>,
  site: Site,
  path: string,
  features: ReadonlyMap<string, Query>,
): Promise<void> {
  if (await isCallRefused(request, path, { $top: 1 })) return;
  await Promise.all(
    [...features].map(async ([feature, query]) => {
      if (!(await isCallRefused(request, path, { ...query, $top: 1 }))) return;
      // Another URL: within a request none is asked for twice.
      if (await isCallRefused(request, path, { ...query, $top: 2 })) site.learnRefusal(feature);
    }),
  );
}

/** A call that fails in another way tells nothing. */
async function isCallRefused(request: SourceRequest<Loaders>, path: string, query: Query): Promise<boolean> {
  try {
    await request.get(path, query, { decode: (body) => body });
    return false;
  } catch (error) {
    return isRefused(error);
  }
}
