import type { Row } from '../records/row.ts';
import { toAsciiWords } from '../world/index.ts';
import type { Account } from './accounts.ts';
import { recordMainAddress } from './addresses.ts';
import { recordContacts } from './contacts.ts';
import { recordCustomFields } from './custom-fields.ts';
import { findLookup } from './lookups.ts';
import { recordAlerts, recordCards, recordCreditNote, recordMemos, recordPriceBands } from './notes.ts';
import { inventNeighbour, noPhone, splitPhone } from './phones.ts';
import { recordCredit, recordTrading } from './trading.ts';

const holdReasons = [
  'Overdue balance',
  'Limit exceeded',
  'Dispute over an invoice',
  'Awaiting new bank details',
];

/**
 * The customer's record with all that is linked to it, in the form the OData part takes. `findCustomer` gives the
 * head office of a branch; it is asked only when that link is followed.
 */
export function recordCustomer(account: Account, findCustomer: (id: number) => Row | null): Row {
  const { faker, party, office, stamps, isFilled } = account;
  const currencyId =
    party.country === 'GB' ? faker.helpers.arrayElement(isFilled ? [1] : [1, 1, 1, 1, 1, 1, 1, 1, 2]) : 3;
  const isActive = !faker.datatype.boolean(0.03) || isFilled;
  const isOnHold = faker.datatype.boolean(0.08) && !isFilled;
  const reason = faker.helpers.arrayElement(holdReasons);
  return {
    id: account.id,
    reference: account.reference,
    name: account.name,
    short_name: toAsciiWords(account.name, '').toUpperCase().slice(0, 8),
    on_hold: isOnHold,
    status_reason: isOnHold ? reason : isFilled ? 'Taken off hold after payment' : '',
    account_status_type: isActive ? 'AccountStatusActive' : 'AccountStatusHidden',
    currency_id: currencyId,
    currency: findLookup('currencies', currencyId),
    exchange_rate_type: 'ExchangeRateSingle',
    ...recordNumbers(account),
    website: party.website,
    country_code_id: account.countryId,
    country_code: findLookup('country_codes', account.countryId),
    account_type: faker.datatype.boolean(0.95)
      ? 'TradingAccountTypeOpenItem'
      : 'TradingAccountTypeBalanceForward',
    ...recordTrading(account, currencyId),
    ...recordCredit(account),
    office_type: office.officeType,
    associated_head_office_id: office.headOfficeId,
    get associated_head_office() {
      return office.headOfficeId === null ? null : findCustomer(office.headOfficeId);
    },
    produce_statements_for_customer: office.officeType !== 'OfficeTypeBranch',
    is_head_office_with_branches: office.officeType === 'OfficeTypeHeadOffice',
    use_consolidated_billing: faker.datatype.boolean(0.15),
    months_to_keep_transactions: faker.helpers.arrayElement([12, 24, 24, 72]),
    ...recordCustomFields(account),
    main_address: recordMainAddress(account),
    sales_credit_note_layout: findLookup('document_layouts', faker.number.int({ min: 3, max: 4 })),
    sales_invoice_layout: findLookup('document_layouts', faker.number.int({ min: 1, max: 2 })),
    statement_layout: findLookup('document_layouts', faker.number.int({ min: 5, max: 6 })),
    contacts: recordContacts(account),
    credit_memo_note: recordCreditNote(account),
    status: { is_live: isActive, ...stamps },
    alerts: recordAlerts(account),
    cards: recordCards(account),
    limited_price_bands: recordPriceBands(account),
    memos: recordMemos(account),
    ...stamps,
  };
}

function recordNumbers({ faker, gaps, party, isFilled }: Account): Row {
  const phone = party.people[0]?.phone ?? '';
  const fax = gaps.orEmpty(0.3, inventNeighbour(faker, phone));
  const isWithCountryCode = faker.datatype.boolean(0.4) || isFilled;
  const telephoneParts = splitPhone(phone, party.country, isWithCountryCode);
  const faxParts = fax === '' ? noPhone : splitPhone(fax, party.country, isWithCountryCode);
  return {
    telephone_country_code: telephoneParts.countryCode,
    telephone_area_code: telephoneParts.areaCode,
    telephone_subscriber_number: telephoneParts.subscriberNumber,
    fax_country_code: faxParts.countryCode,
    fax_area_code: faxParts.areaCode,
    fax_subscriber_number: faxParts.subscriberNumber,
  };
}
