import type { SourceRequest } from '../provider.ts';
import { callWithKnownNames } from './known-names.ts';
import type { Site } from './site.ts';

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

export type Expansion = (typeof expandable)[number];

/**
 * Makes a call for customers with the `$expand` that the operation selects and what is needed besides, as far as the
 * site knows the names.
 *
 * @throws UpstreamError
 */
export function getExpanded<T>(
  request: SourceRequest,
  site: Site,
  call: (expand: string | undefined) => Promise<T>,
  needed: readonly Expansion[] = [],
): Promise<T> {
  const names = expandable.filter(
    (key) => needed.includes(key) || request.selection.reads('sage200', 'Customer', key),
  );
  return callWithKnownNames(request, site, { collection: '/customers', option: '$expand', names }, (known) =>
    call(known.length === 0 ? undefined : known.join(',')),
  );
}
