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
