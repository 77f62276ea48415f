import DataLoader from 'dataloader';
import { AbsenceError } from '../kit/absence.ts';
import type { Row, SourceRequest } from '../provider.ts';
import { toError } from '../kit/record-loaders.ts';
import { checkOwner } from '../kit/rows.ts';
import { callWithKnownNames } from './known-names.ts';
import { idsPerFilter } from './odata.ts';
import { askForAny, type Site } from './site.ts';

export interface ChildLoading<K extends string, T extends { readonly [key in K]?: unknown }> {
  /** For traces. */
  readonly name: string;
  /** `/customers` */
  readonly collection: string;
  /** What a row names its owner by. A site may not know it. */
  readonly ownerKey: K;
  /** Fetches the rows of some owners. */
  readonly fetchOf: (ownerIds: readonly string[]) => Promise<Row<T>[]>;
}

/**
 * Rows that belong to other rows, by the id of the owner: several owners in one call where the site takes that.
 * On a site that does not know the key all fail with AbsenceError; only the first call is made.
 */
export function createChildLoader<K extends string, T extends { readonly [key in K]?: unknown }>(
  request: SourceRequest,
  site: Site,
  { name, collection, ownerKey, fetchOf }: ChildLoading<K, T>,
): DataLoader<string, Row<T>[]> {
  const fetchKnown = (ownerIds: readonly string[]) =>
    callWithKnownNames(
      request,
      site,
      { collection, option: '$filter', names: [ownerKey] },
      async ([known]) => {
        if (known === undefined) throw new AbsenceError(ownerKey);
        return fetchOf(ownerIds);
      },
    );

  async function loadOne(ownerId: string): Promise<Row<T>[]> {
    const rows = await fetchKnown([ownerId]);
    checkOwner(
      request,
      rows.map(({ data }) => data),
      ownerKey,
      ownerId,
    );
    return rows;
  }

  async function loadMany(ownerIds: readonly string[]): Promise<(Row<T>[] | Error)[]> {
    const rows =
      ownerIds.length > 1 ? await askForAny(request, site, ownerIds, () => fetchKnown(ownerIds)) : undefined;
    // Whose a row is that belongs to none of them cannot be told: each is asked for alone then.
    const isAsAsked = rows?.every(({ data }) => ownerIds.includes(request.ids.read(data[ownerKey]) ?? ''));
    if (rows === undefined || isAsAsked !== true)
      return Promise.all(ownerIds.map((id) => loadOne(id).catch(toError)));
    return ownerIds.map((id) => rows.filter(({ data }) => request.ids.read(data[ownerKey]) === id));
  }

  return new DataLoader(loadMany, { name: `sage200.${name}`, maxBatchSize: idsPerFilter });
}
