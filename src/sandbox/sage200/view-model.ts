import { stamps } from './stamps.ts';

/** Properties of a customer view: one flat record, with the names of what a customer record refers to by id. */
export const customerViewDefinition = `
  id:int64 reference:string(20) name:string(60) short_name:string(8) country_code_id:int64 country_code:string(2)
  currency_id:int64 currency_name:string(30) currency_symbol:string(4) currency_iso_code_id:int64 currency_iso_code:string(3)
  currency_iso_code_name:string(100) balance:decimal(2) base_balance:decimal(2) credit_limit:decimal(2) vat_number:string(30)
  default_tax_rate_id:int64 default_tax_rate_code:int16 default_tax_rate_name:string(60) default_tax_rate:decimal(2)
  default_order_priority:string(1) default_nominal_account_number:string(8) default_nominal_cost_centre:string(3)
  default_nominal_department:string(3) early_settlement_discount_percent:decimal(2) days_early_settlement_disc_applies:int16
  payment_terms_in_days:int16 payment_terms_id:int64 payment_terms:string(30) discount_group_id:int64
  discount_group_name:string(20) discount_group_description:string(50) order_value_discount_id:int64
  order_value_discount_name:string(20) order_value_discount_description:string(50) price_band_id:int64 price_band_name:string(20)
  price_band_description:string(50) use_consolidated_billing:boolean invoice_line_discount_percent:decimal(2)
  invoice_discount_percent:decimal(2) account_is_on_hold:boolean account_status_type_id:int64
  account_status_type:enum(account_status_types) account_type_id:int64 account_type:enum(trader_account_types)
  value_of_current_orders_in_sop:decimal(2) date_account_details_last_changed:date-time date_of_last_transaction:date-time
  date_finance_charge_last_run:date-time trading_terms:string(30) credit_reference:string(60) credit_bureau_id:int64
  credit_bureau_name:string(50) credit_position_id:int64 credit_position_name:string(50) average_time_to_pay:int32
  account_opened:date-time last_credit_review:date-time next_credit_review:date-time application_date:date-time
  date_received:date-time terms_agreed:boolean is_over_credit_limit:boolean months_to_keep_transactions_for:int16
  use_tax_code_as_default:boolean avg_time_to_pay_date_last_updated:date-time duns_code:string(9)
  telephone_area_code:string(20) telephone_country_code:string(5) telephone_subscriber_number:string(200)
  fax_area_code:string(20) fax_country_code:string(5) fax_subscriber_number:string(200) website:string(200)
  send_copy_statement_to_branch:boolean statement_transmission_method_id:int64 statement_transmission_method:string(30)
  invoice_payments_status:string(60) contact_name:string(235) contact_first_name:string(60) contact_middle_name:string(60)
  contact_last_name:string(60) contact_default_telephone_number:string(227) contact_default_email_address:string(227)
  analysis_code_1..20:string(60) customer_location_id:int64 customer_location_address_line_1..4:string(60)
  customer_location_post_code:string(10) customer_location_city:string(60) customer_location_county:string(60)
  customer_location_country:string(60) customer_location_full_address:string(444)
  customer_location_date_time_created:date-time customer_location_date_time_updated:date-time
  customer_location_country_code_id:int64 customer_location_country_code:string(2) customer_location_country_code_name:string(60)
  customer_location_type_id:int64 customer_location_type:string(20) customer_location_address_country_code_id:int64
  customer_location_address_country_code:string(2) customer_location_address_country_code_name:string(60)
  ${stamps}
`;
