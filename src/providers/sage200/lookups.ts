import type * as wire from '../../generated/sage200.ts';
import type { SourceRequest } from '../provider.ts';
import { readWhole } from '../kit/list-whole.ts';
import type { PageMemory } from '../kit/page-memory.ts';
import { createCollectionLoader, type RecordLoader } from '../kit/record-loaders.ts';
import { createList } from './odata-lists.ts';

/** The rows of each lookup: a small collection that is read whole. */
interface LookupRows {
  readonly countryCodes: wire.CountryCode;
  readonly creditBureaus: wire.CreditBureau;
  readonly creditPositions: wire.CreditPosition;
  readonly currencies: wire.Currency;
  readonly currencyIsoCodes: wire.CurrencyIsoCode;
  readonly discountGroups: wire.DiscountGroup;
  readonly financeCharges: wire.FinanceCharge;
  readonly orderValueDiscounts: wire.OrderValueDiscount;
  readonly priceBands: wire.PriceBand;
  readonly salutations: wire.Salutation;
  readonly taxCodes: wire.TaxCode;
  readonly traderContactRoles: wire.TraderContactRole;
}

type Lookup = keyof LookupRows;

/** What the API calls them. */
export const lookupCollections = {
  countryCodes: 'country_codes',
  creditBureaus: 'credit_bureaus',
  creditPositions: 'credit_positions',
  currencies: 'currencies',
  currencyIsoCodes: 'currency_iso_codes',
  discountGroups: 'customer_discount_groups',
  financeCharges: 'finance_charges',
  orderValueDiscounts: 'order_value_discounts',
  priceBands: 'price_bands',
  salutations: 'salutations',
  taxCodes: 'tax_codes',
  traderContactRoles: 'trader_contact_roles',
} as const satisfies Record<Lookup, string>;

export type LookupLoaders = { readonly [K in Lookup]: RecordLoader<LookupRows[K]> };

export function createLookupLoaders(request: SourceRequest, memory: PageMemory): LookupLoaders {
  const create = <K extends Lookup>(lookup: K): RecordLoader<LookupRows[K]> => {
    const collection = lookupCollections[lookup];
    return createCollectionLoader({
      name: `sage200.${collection}`,
      fetchAll: () =>
        readWhole(createList<LookupRows[K]>(request, memory, `/${collection}`, { resource: 'lookups' })),
    });
  };
  return {
    countryCodes: create('countryCodes'),
    creditBureaus: create('creditBureaus'),
    creditPositions: create('creditPositions'),
    currencies: create('currencies'),
    currencyIsoCodes: create('currencyIsoCodes'),
    discountGroups: create('discountGroups'),
    financeCharges: create('financeCharges'),
    orderValueDiscounts: create('orderValueDiscounts'),
    priceBands: create('priceBands'),
    salutations: create('salutations'),
    taxCodes: create('taxCodes'),
    traderContactRoles: create('traderContactRoles'),
  };
}
