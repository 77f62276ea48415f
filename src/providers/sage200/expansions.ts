import type { SourceRequest } from '../provider.ts';
import type { Loaders } from './loaders.ts';
import { isRefused } from './odata.ts';
import { isCallRefused, type Site } from './site.ts';

/**
 * Objects and lists that Sage 200 leaves out of a customer unless `$expand` names them. Lookups are not among
 * them: they are read from their collections, once for all customers. `status` is slow to make, all the more reason
 * to ask only for what is selected.
 */
const expandable = [
  'main_address',
  'contacts',
  'credit_memo_note',
  'status',
  'alerts',
  'memos',
  'cards',
  'limited_price_bands',
  // These have no id beside them by which a lookup could find them.
  'sales_invoice_layout',
  'sales_credit_note_layout',
  'statement_layout',
] as const;

/**
 * Makes a call for customers with the `$expand` that the operation selects, and no more. A site that refuses the
 * call is asked which of the names it does not know; those are left out from then on: the fields are lost, not the records.
 *
 * @throws UpstreamError when the call is refused for another reason
 */
export async function getExpanded<T>(
  request: SourceRequest<Loaders>,
  site: Site,
  call: (expand: string | undefined) => Promise<T>,
): Promise<T> {
  const names = chooseExpansions(request, site);
  try {
    return await call(joinNames(names));
  } catch (error) {
    if (!isRefused(error) || names.length === 0) throw error;
    await findUnknownExpansions(request, site, names);
    const known = chooseExpansions(request, site);
    if (known.length === names.length) throw error;
    return call(joinNames(known));
  }
}

function chooseExpansions({ selection }: SourceRequest<Loaders>, site: Site): readonly string[] {
  return expandable.filter((key) => selection.reads('sage200', 'Customer', key) && !site.unknownExpansions.has(key));
}

function joinNames(names: readonly string[]): string | undefined {
  return names.length === 0 ? undefined : names.join(',');
}

async function findUnknownExpansions(request: SourceRequest<Loaders>, site: Site, names: readonly string[]): Promise<void> {
  // A site that refuses everything for the moment says nothing of names.
  if (await isCallRefused(request, { $top: 1 })) return;
  await Promise.all(
    names.map(async (name) => {
      if (await isCallRefused(request, { $expand: name, $top: 1 })) site.unknownExpansions.add(name);
    }),
  );
}
