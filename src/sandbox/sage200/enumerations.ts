/** The enumerations of customer records by collection: the number of a value is its place in the list. */
export const enumerations = {
  account_status_types: ['AccountStatusActive', 'AccountStatusHidden'],
  exchange_rate_types: ['ExchangeRateSingle', 'ExchangeRatePeriod'],
  trader_account_types: ['TradingAccountTypeOpenItem', 'TradingAccountTypeBalanceForward'],
  trader_payment_terms: [
    'PaymentDueFromDocumentDate',
    'PaymentDueFromCalendarMonth',
    'PaymentDueFromStartOfMonth',
    'PaymentDueFromEndOfMonth',
  ],
  head_office_types: ['OfficeTypeStandalone', 'OfficeTypeHeadOffice', 'OfficeTypeBranch'],
} as const;

/** How a value reads on the screen, beside its name. */
export const enumerationTexts: Readonly<Record<keyof typeof enumerations, readonly string[]>> = {
  account_status_types: ['Active', 'Hidden'],
  exchange_rate_types: ['Single', 'Period'],
  trader_account_types: ['Open Item', 'Balance Forward'],
  trader_payment_terms: ['Document Date', 'Calendar Month', 'Start of Month', 'End of Month'],
  head_office_types: ['Standalone', 'Head Office', 'Branch'],
};
