import type { Query } from '../../rest/client.ts';
import type { SourceRequest } from '../provider.ts';
import type { Loaders } from './loaders.ts';
import { anyOf, isRefused } from './odata.ts';

/**
 * What has been learnt of a site: versions of Sage 200 differ, and a refused call is not made twice. Kept for the
 * life of the source.
 */
export interface Site {
  /** Whether a `$filter` may hold `or`. */
  takesOrFilters: boolean;
  /** Names that `$expand` does not take, because the site's version does not know them. */
  readonly unknownExpansions: Set<string>;
}

export function createSite(): Site {
  return { takesOrFilters: true, unknownExpansions: new Set() };
}

/**
 * Makes a call for rows that belong to any of several others. Where the site refuses `or` each is asked for alone;
 * that is learnt once, by a filter that nothing else can be wrong with.
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
  if (!site.takesOrFilters) return undefined;
  try {
    return await ask();
  } catch (error) {
    if (!isRefused(error)) throw error;
    if (await isOrRefused(request)) site.takesOrFilters = false;
    return undefined;
  }
}

/** A site that refuses everything for the moment says nothing of `or`. */
async function isOrRefused(request: SourceRequest<Loaders>): Promise<boolean> {
  const [isFilterRefused, isListRefused] = await Promise.all([
    isCallRefused(request, { $filter: anyOf('id', ['1', '2']), $top: 1 }),
    isCallRefused(request, { $top: 1 }),
  ]);
  return isFilterRefused && !isListRefused;
}

/** Whether the site refuses a call for customers as such. A call that fails in another way tells nothing. */
export async function isCallRefused(request: SourceRequest<Loaders>, query: Query): Promise<boolean> {
  try {
    await request.get('/customers', query);
    return false;
  } catch (error) {
    return isRefused(error);
  }
}
