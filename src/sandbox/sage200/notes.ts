import { addDays } from '../records/dates.ts';
import type { Row } from '../records/row.ts';
import { toMidnight, type Account } from './accounts.ts';
import { findLookup } from './lookups.ts';

const alertTexts = [
  'Purchase order number needed on every order.',
  'Deliveries before 10:00 only: the yard closes for lorries.',
  'Ring Accounts before releasing orders over the limit.',
  'Proof of delivery must carry a name in capitals.',
];
const memoTexts = [
  'Asked for invoices by e-mail instead of post.',
  'Agreed to pay the outstanding balance in two instalments.',
  'New premises from the spring; delivery address to follow.',
  'Rang about a short delivery, credit note raised.\nCustomer is content.',
  'Prefers to be called in the mornings.',
];
const creditNoteTexts = [
  'Limit raised after two years of prompt payment.',
  'Limit kept as it is until the next accounts are filed.',
  'Credit insurance covers up to the limit.',
];
const clerks = ['jhartley', 'mkhan', 'ADMIN', 'sfirth'];

/** Notices that come up when the customer's orders and documents are typed in. */
export function recordAlerts(account: Account): readonly Row[] {
  const { id, faker, stamps } = account;
  return countOf(account, 0.15, 2).map((index) => ({
    id: id * 10 + index,
    customer_id: id,
    alert_text: faker.helpers.arrayElement(alertTexts),
    is_active: faker.datatype.boolean(0.9),
    show_alert_for_orders: true,
    show_alert_for_proformas: faker.datatype.boolean(),
    show_alert_for_quotes: faker.datatype.boolean(),
    show_alert_for_credit_notes: faker.datatype.boolean(),
    show_alert_for_price_enquiries: false,
    show_alert_for_invoices: true,
    show_alert_for_returns: faker.datatype.boolean(),
    show_alert_for_project_bills: false,
    is_to_delete: false,
    updated_by: faker.helpers.arrayElement(clerks),
    ...stamps,
  }));
}

/** As many rows as drawn: none in all but `share` of the cases, else one to `most`. */
function countOf({ faker, isFilled }: Account, share: number, most: number): number[] {
  const count = faker.datatype.boolean(share) ? faker.number.int({ min: 1, max: most }) : 0;
  return Array.from({ length: isFilled ? Math.max(count, 1) : count }, (_, index) => index);
}

/** What clerks noted about the customer. */
export function recordMemos(account: Account): readonly Row[] {
  const { id, faker, stamps } = account;
  return countOf(account, 0.3, 3).map((index) => ({
    id: id * 10 + index,
    customer_id: id,
    note: faker.helpers.arrayElement(memoTexts),
    is_active: faker.datatype.boolean(0.9),
    is_to_delete: false,
    created_by: faker.helpers.arrayElement(clerks),
    ...stamps,
  }));
}

/** The one note on the customer's credit, or null. */
export function recordCreditNote(account: Account): Row | null {
  const { id, faker, gaps, stamps } = account;
  const [note, clerk] = [faker.helpers.arrayElement(creditNoteTexts), faker.helpers.arrayElement(clerks)];
  return gaps.orNull(0.2, { id: 70_000 + id, note, created_by: clerk, ...stamps });
}

/** Payment cards on file: only when each was last used is told. */
export function recordCards(account: Account): readonly Row[] {
  const { id, faker, party } = account;
  const lastUsed = faker.date.between({ from: party.since, to: addDays(new Date(party.since), 90) });
  return countOf(account, 0.1, 1).map((index) => ({
    id: id * 10 + index,
    customer_id: id,
    last_used_date: toMidnight(lastUsed),
    is_to_delete: false,
  }));
}

/** Price bands that only customers linked to them can be charged by. */
export function recordPriceBands(account: Account): readonly Row[] {
  const { id, stamps } = account;
  return countOf(account, 0.12, 1).map((index) => ({
    id: id * 10 + index,
    customer_id: id,
    price_band_id: 6,
    is_to_delete: false,
    price_band: findLookup('price_bands', 6),
    ...stamps,
  }));
}
