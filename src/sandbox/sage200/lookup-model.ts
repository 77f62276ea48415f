import { stamps } from './stamps.ts';

const enumeration = 'id:int64 description:string(30) value:string(30)';

/** Properties of the records that customer records refer to. */
export const lookupDefinitions = {
  currency: `
    id:int64 symbol:string(4) name:string(30) core_currency_rate:decimal(6) euro_currency_rate:decimal(6) is_base_currency:boolean
    is_euro_currency:boolean use_for_new_accounts:boolean exchange_rate_type:enum(exchange_rate_types)
    exchange_rate_amendability_type:string(50) currency_iso_code_id:int64 currency_iso_code:{currency_iso_code} ${stamps}
  `,
  currency_iso_code: `id:int64 code:string(3) name:string(100) ${stamps}`,
  country_code: `id:int64 code:string(2) name:string(60) eu_member:boolean tax_mask:{tax_mask} ${stamps}`,
  tax_mask: `id:int64 name:string(255) ${stamps}`,
  tax_code: `
    id:int64 code:int16 name:string(60) tax_rate:decimal(2) terms:string(54) terms_description:string(60)
    is_notional_acquisition_tax:boolean ${stamps}
  `,
  price_band: `
    id:int64 name:string(20) description:string(50) is_standard_band:boolean currency_id:int64 price_band_type_id:int64
    price_band_type:string(50) is_active:boolean is_time_based:boolean active_date_time_from:date-time active_date_time_to:date-time
    ${stamps}
  `,
  customer_discount_group: `id:int64 name:string(20) description:string(50) ${stamps}`,
  order_value_discount: `id:int64 name:string(20) description:string(50) currency_id:int64 ${stamps}`,
  credit_bureau: `id:int64 name:string(50) website:string(255) checking_url:string(255) is_default:boolean ${stamps}`,
  credit_position: `id:int64 name:string(50) is_default:boolean ${stamps}`,
  finance_charge: `id:int64 code:int16 finance_charge_percent:decimal(2) ${stamps}`,
  nominal_code: `
    id:int64 name:string(60) reference:string(8) cost_centre_id:int64 cost_centre_code:string(3) department_id:int64
    department_code:string(3) nominal_account_type:string(20) account_status_type:enum(account_status_types) report_category_id:int64
    sofa_category_id:int64 display_balances_in_selection_list:boolean balance_year_to_date:decimal(2)
    debit_balance_year_to_date:decimal(2) credit_balance_year_to_date:decimal(2) brought_forward_balance:decimal(2)
    allow_manual_journal_entries:boolean use_batch_postings:boolean periods_to_keep_transactions:int32
    consolidated_nominal_code_id:int64 consolidated_nominal_account_number:string(8) consolidated_nominal_cost_centre:string(3)
    consolidated_nominal_department:string(3) analysis_code_1..20:string(60) consolidated_nominal_code:{nominal_part}
    cost_centre:{nominal_part} department:{nominal_part} report_category:{nominal_part} sofa_category:{nominal_part}
    financial_years:[nominal_part] memos:[nominal_part] ${stamps}
  `,
  nominal_part: 'id:int64 code:string(3) name:string(60)',
  document_layout: `id:int64 sys_document_type_id:int64 name:string(256) layout:string(50) is_default:boolean ${stamps}`,
  salutation: `id:int64 is_default:boolean code:string(50) description:string(50) ${stamps}`,
  trader_contact_role: `
    id:int64 role:string(50) is_default_role:boolean is_mandatory:boolean use_for_customer_accounts:boolean
    use_for_supplier_accounts:boolean use_with_documents:boolean ${stamps}
  `,
  account_status_type: enumeration,
  exchange_rate_type: enumeration,
  trader_account_type: enumeration,
  trader_payment_term: enumeration,
  head_office_type: enumeration,
};
