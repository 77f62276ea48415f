import { stampRows } from './stamps.ts';

/** Per unit of the base currency; the base is the pound. */
const currencyRows: readonly (readonly [symbol: string, name: string, isoCode: string, rate: number])[] = [
  ['£', 'Pound Sterling', 'GBP', 1],
  ['€', 'Euro', 'EUR', 1.164025],
  ['$', 'US Dollar', 'USD', 1.2705],
  ['C$', 'Canadian Dollar', 'CAD', 1.736891],
  ['A$', 'Australian Dollar', 'AUD', 1.94],
  ['CHF', 'Swiss Franc', 'CHF', 1.120034],
  ['kr', 'Swedish Krona', 'SEK', 13.2206],
  ['¥', 'Japanese Yen', 'JPY', 191.355],
];

const isoRows: readonly (readonly [code: string, name: string])[] = [
  ['GBP', 'Pound Sterling'],
  ['EUR', 'Euro'],
  ['USD', 'US Dollar'],
  ['CAD', 'Canadian Dollar'],
  ['AUD', 'Australian Dollar'],
  ['CHF', 'Swiss Franc'],
  ['SEK', 'Swedish Krona'],
  ['JPY', 'Yen'],
  ['NOK', 'Norwegian Krone'],
  ['DKK', 'Danish Krone'],
  ['PLN', 'Zloty'],
  ['NZD', 'New Zealand Dollar'],
];

export const currencyIsoCodes = stampRows(
  isoRows.map(([code, name], index) => ({ id: index + 1, code, name })),
);

export const currencies = stampRows(
  currencyRows.map(([symbol, name, isoCode, rate], index) => {
    const isoRecord = currencyIsoCodes.find(({ code }) => code === isoCode);
    return {
      id: index + 1,
      symbol,
      name,
      core_currency_rate: rate,
      euro_currency_rate: Number((rate / 1.164025).toFixed(6)),
      is_base_currency: index === 0,
      is_euro_currency: isoCode === 'EUR',
      use_for_new_accounts: index < 3,
      exchange_rate_type: isoCode === 'SEK' ? 'ExchangeRatePeriod' : 'ExchangeRateSingle',
      exchange_rate_amendability_type: index === 0 ? 'NotAmendable' : 'AmendableAll',
      currency_iso_code_id: isoRecord?.id ?? null,
      currency_iso_code: isoRecord ?? null,
    };
  }),
);
