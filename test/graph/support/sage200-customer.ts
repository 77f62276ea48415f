/** A Sage 200 customer as it comes from the API: everything that is kept elsewhere is an id, 3 for each lookup. */
export const sage200Customer = {
  id: 1,
  name: 'Harbour',
  currency_id: 3,
  price_band_id: 3,
  credit_position_id: 3,
  credit_bureau_id: 3,
  finance_charge_id: 3,
  country_code_id: 3,
  default_tax_code_id: 3,
  customer_discount_group_id: 3,
  order_value_discount_id: 3,
  default_nominal_code_id: 3,
  main_address: { id: 5, address_country_code_id: 3 },
  contacts: [{ id: 6, salutation_id: 3, roles: [{ id: 7, trader_contact_role_id: 3 }] }],
  limited_price_bands: [{ id: 8, price_band_id: 3 }],
} as const;
