import { addDays, toDay } from '../records/dates.ts';
import type { Row } from '../records/row.ts';
import { referenceDate } from '../world/index.ts';
import { toMidnight, type Account } from './accounts.ts';
import { enumerations, enumerationTexts } from './enumerations.ts';
import { findLookup } from './lookups.ts';
import { salesCodes } from './nominal-codes.ts';

/** On what terms the customer buys: payment, discounts, prices, tax, and the nominal account its sales are posted to. */
export function recordTrading(account: Account, currencyId: number): Row {
  const { faker, gaps, isFilled } = account;
  const basisIndex = faker.helpers.arrayElement([0, 0, 0, 1, 2, 3, 3]);
  const days = faker.helpers.arrayElement([14, 30, 30, 30, 60]);
  const hasSettlementDiscount = faker.datatype.boolean(0.12) || isFilled;
  const isBritish = account.party.country === 'GB';
  const taxCodeId = isBritish ? faker.helpers.arrayElement([2, 2, 2, 2, 6, 3]) : 9;
  const priceBandId = currencyId === 1 ? faker.helpers.arrayElement([1, 1, 2, 3]) : 5;
  const discountGroupId = gaps.orNull(0.4, faker.number.int({ min: 1, max: 4 }));
  const valueDiscountId = gaps.orNull(0.25, currencyId === 1 ? faker.number.int({ min: 1, max: 2 }) : 4);
  return {
    default_tax_code_id: taxCodeId,
    default_tax_code: findLookup('tax_codes', taxCodeId),
    vat_number: isBritish
      ? gaps.orEmpty(0.8, `GB${faker.string.numeric({ length: 9, allowLeadingZeros: false })}`)
      : '',
    early_settlement_discount_percent: hasSettlementDiscount ? faker.helpers.arrayElement([1, 2.5, 3.75]) : 0,
    early_settlement_discount_days: hasSettlementDiscount ? 7 : 0,
    payment_terms_days: days,
    payment_terms_basis: enumerations.trader_payment_terms[basisIndex] ?? null,
    trading_terms: `${days} days, ${enumerationTexts.trader_payment_terms[basisIndex] ?? ''}`,
    order_priority: faker.helpers.arrayElement(['A', 'A', 'B', 'C']),
    use_tax_code_as_default: faker.datatype.boolean(0.2),
    ...recordNominalCode(account),
    invoice_discount_percent: gaps.orNull(
      0.95,
      faker.helpers.arrayElement(isFilled ? [2.5] : [0, 0, 0, 2.5, 5]),
    ),
    invoice_line_discount_percent: faker.helpers.arrayElement(isFilled ? [7.25] : [0, 0, 0, 7.25, 10]),
    customer_discount_group_id: discountGroupId,
    customer_discount_group: findLookup('customer_discount_groups', discountGroupId),
    order_value_discount_id: valueDiscountId,
    order_value_discount: findLookup('order_value_discounts', valueDiscountId),
    price_band_id: priceBandId,
    price_band: findLookup('price_bands', priceBandId),
  };
}

function recordNominalCode({ faker, gaps }: Account): Row {
  const code = gaps.orNull(0.85, faker.helpers.arrayElement(salesCodes));
  return {
    default_nominal_code_id: code?.id ?? null,
    default_nominal_code_reference: code?.reference ?? '',
    default_nominal_code_cost_centre: code?.cost_centre_code ?? '',
    default_nominal_code_department: code?.department_code ?? '',
    default_nominal_code: code,
  };
}

/** How far the customer is trusted: limit, balance, agencies, reviews. Money is in the customer's currency. */
export function recordCredit(account: Account): Row {
  const { faker, gaps, party, isFilled } = account;
  const opened = new Date(party.since);
  const lastReview = faker.date.between({ from: opened, to: referenceDate });
  const limit = faker.helpers.arrayElement([0, 500, 1000, 2500, 5000, 10_000, 25_000, 75_000]);
  const balance = faker.number.float({ min: -limit * 0.02, max: limit * 0.9 + 250, fractionDigits: 2 });
  const bureauId = gaps.orNull(0.5, faker.number.int({ min: 1, max: 3 }));
  const positionId = gaps.orNull(0.9, faker.helpers.arrayElement([1, 1, 1, 1, 2, 3, 4, 5]));
  const chargeId = gaps.orNull(0.3, faker.number.int({ min: 1, max: 3 }));
  return {
    balance: isFilled ? 4321.1 : faker.datatype.boolean(0.12) ? 0 : balance,
    credit_limit: isFilled ? 12_500.5 : limit,
    duns_code: gaps.orEmpty(0.4, faker.string.numeric({ length: 9, allowLeadingZeros: false })),
    average_time_to_pay: faker.number.int({ min: isFilled ? 20 : 0, max: 75 }),
    terms_agreed: faker.datatype.boolean(0.9),
    value_of_current_orders_in_sop: isFilled
      ? 1234.56
      : faker.helpers.arrayElement([0, 0, faker.number.float({ max: 5000, fractionDigits: 2 })]),
    credit_bureau_id: bureauId,
    credit_bureau: findLookup('credit_bureaus', bureauId),
    credit_position_id: positionId,
    credit_position: findLookup('credit_positions', positionId),
    finance_charge_id: chargeId,
    finance_charge: findLookup('finance_charges', chargeId),
    credit_reference: gaps.orEmpty(0.35, `CR-${faker.string.numeric(6)}`),
    account_opened: toMidnight(opened),
    last_credit_review: gaps.orNull(0.6, toMidnight(lastReview)),
    next_credit_review: gaps.orNull(0.6, toMidnight(addDays(lastReview, 365))),
    application_date: gaps.orNull(0.7, toMidnight(addDays(opened, -21))),
    date_received: gaps.orNull(0.7, toMidnight(addDays(opened, -14))),
    date_finance_charge_last_run: gaps.orNull(
      chargeId === null ? 0 : 0.8,
      `${toDay(lastReview)}T02:15:00.25Z`,
    ),
  };
}
