import type { Query } from '../../rest/client.ts';
import type { SourceRequest } from '../provider.ts';
import { anyOf, isRefused } from './odata.ts';
import { learnRefusals, type Site } from './site.ts';

/** Names of properties in a call for the records of a collection. A site that does not know one refuses the call. */
export interface NamedProperties {
  /** `/customers` */
  readonly collection: string;
  /** Where the call has the names. */
  readonly option: '$expand' | '$select' | '$filter';
  readonly names: readonly string[];
}

/**
 * Makes a call with names that the site may not know. When it is refused the site is asked which of them those
 * are; they are left out for a while: fields are lost, not records.
 *
 * @param call makes the call with the names that are left, possibly none
 * @throws UpstreamError when the call is refused for another reason
 */
export async function callWithKnownNames<T>(
  request: SourceRequest,
  site: Site,
  named: NamedProperties,
  call: (names: readonly string[]) => Promise<T>,
): Promise<T> {
  const names = keepKnown(site, named);
  try {
    return await call(names);
  } catch (error) {
    if (!isRefused(error) || names.length === 0) throw error;
    await findUnknown(request, site, { ...named, names });
    const left = keepKnown(site, named);
    if (left.length === names.length) throw error;
    return call(left);
  }
}

function keepKnown(site: Site, { collection, option, names }: NamedProperties): string[] {
  return names.filter((name) => !site.isRefused(keyOf(collection, option, name)));
}

async function findUnknown(
  request: SourceRequest,
  site: Site,
  { collection, option, names }: NamedProperties,
): Promise<void> {
  const query = (name: string): Query => ({ [option]: option === '$filter' ? anyOf(name, ['1']) : name });
  await learnRefusals(
    request,
    site,
    collection,
    new Map(names.map((name) => [keyOf(collection, option, name), query(name)])),
  );
}

function keyOf(collection: string, option: string, name: string): string {
  return `${collection} ${option} ${name}`;
}
