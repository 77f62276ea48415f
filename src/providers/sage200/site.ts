import { isRefused } from './odata.ts';

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
 * that is learnt once.
 *
 * @returns undefined when several cannot be asked for in one call
 */
export async function askForAny<T>(site: Site, ids: readonly string[], ask: () => Promise<T>): Promise<T | undefined> {
  if (ids.length === 1) return ask();
  if (!site.takesOrFilters) return undefined;
  try {
    return await ask();
  } catch (error) {
    if (!isRefused(error)) throw error;
    site.takesOrFilters = false;
    return undefined;
  }
}
