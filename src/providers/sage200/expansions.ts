import type { Selection } from '../provider.ts';

/**
 * Objects and lists that Sage 200 leaves out of a customer unless `$expand` names them, in the order they are
 * asked for. `status` is slow to make: all the more reason to ask only for what is selected.
 */
const expandable = [
  'main_address',
  'contacts',
  'currency',
  'country_code',
  'default_tax_code',
  'default_nominal_code',
  'price_band',
  'customer_discount_group',
  'order_value_discount',
  'credit_bureau',
  'credit_position',
  'finance_charge',
  'associated_head_office',
  'credit_memo_note',
  'status',
  'alerts',
  'memos',
  'cards',
  'limited_price_bands',
  'sales_invoice_layout',
  'sales_credit_note_layout',
  'statement_layout',
] as const;

/** The `$expand` of customer calls: what the operation selects and no more; undefined where it selects none. */
export function chooseExpansions(selection: Selection): string | undefined {
  const names = expandable.filter((key) => selection.reads('sage200', 'Customer', key));
  return names.length === 0 ? undefined : names.join(',');
}
