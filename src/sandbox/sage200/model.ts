import { enumerations } from './enumerations.ts';
import { lookupDefinitions } from './lookup-model.ts';
import { defineModel, type Model } from './odata/model.ts';
import { stamps } from './stamps.ts';
import { customerViewDefinition } from './view-model.ts';

const contactNumber = `
  id:int64 full_number:string(227) country_code:string(5) area_code:string(20) subscriber_number:string(200)
  customer_contact_id:int64 is_default:boolean is_to_delete:boolean customer_contact:{customer_contact} ${stamps}
`;

const customerDefinitions = {
  customer: `
    id:int64 reference:string(8) name:string(60) short_name:string(8) balance:decimal(2) on_hold:boolean status_reason:string(256)
    account_status_type:enum(account_status_types) currency_id:int64 exchange_rate_type:enum(exchange_rate_types)
    telephone_country_code:string(5) telephone_area_code:string(20) telephone_subscriber_number:string(200)
    fax_country_code:string(5) fax_area_code:string(20) fax_subscriber_number:string(200) website:string(200)
    credit_limit:decimal(2) country_code_id:int64 default_tax_code_id:int64 vat_number:string(30) duns_code:string(9)
    account_type:enum(trader_account_types) early_settlement_discount_percent:decimal(2) early_settlement_discount_days:int16
    payment_terms_days:int16 payment_terms_basis:enum(trader_payment_terms) average_time_to_pay:int32 terms_agreed:boolean
    value_of_current_orders_in_sop:decimal(2) credit_bureau_id:int64 credit_position_id:int64 finance_charge_id:int64
    trading_terms:string(30) credit_reference:string(60) account_opened:date-time last_credit_review:date-time
    next_credit_review:date-time application_date:date-time date_received:date-time date_finance_charge_last_run:date-time
    office_type:enum(head_office_types) associated_head_office_id:int64 produce_statements_for_customer:boolean
    is_head_office_with_branches:boolean use_consolidated_billing:boolean order_priority:string(1) use_tax_code_as_default:boolean
    months_to_keep_transactions:int16 default_nominal_code_id:int64 default_nominal_code_reference:string(8)
    default_nominal_code_cost_centre:string(3) default_nominal_code_department:string(3) invoice_discount_percent:decimal(2)
    invoice_line_discount_percent:decimal(2) customer_discount_group_id:int64 order_value_discount_id:int64 price_band_id:int64
    analysis_code_1..20:string(60) spare_text_1..10:string(100) spare_number_1..10:decimal(5) spare_date_1..5:date-time
    spare_bool_1..5:boolean associated_head_office:{customer} country_code:{country_code} credit_bureau:{credit_bureau}
    credit_memo_note:{credit_memo_note} credit_position:{credit_position} currency:{currency}
    customer_discount_group:{customer_discount_group} default_nominal_code:{nominal_code} default_tax_code:{tax_code}
    finance_charge:{finance_charge} main_address:{customer_address} order_value_discount:{order_value_discount}
    price_band:{price_band} sales_credit_note_layout:{document_layout} sales_invoice_layout:{document_layout}
    statement_layout:{document_layout} status:{customer_status} alerts:[customer_alert] cards:[customer_card]
    contacts:[customer_contact] limited_price_bands:[customer_price_band] memos:[customer_memo] ${stamps}
  `,
  credit_memo_note: `id:int64 note:string(1000) created_by:string(50) ${stamps}`,
  customer_address: `
    id:int64 customer_id:int64 address_1..4:string(60) city:string(60) county:string(60) postcode:string(10) country:string(60)
    contact_name:string(235) address_country_code_id:int64 address_country_code:{country_code} ${stamps}
  `,
  customer_status: `is_live:boolean ${stamps}`,
  customer_alert: `
    id:int64 customer_id:int64 alert_text:string(255) is_active:boolean show_alert_for_orders:boolean
    show_alert_for_proformas:boolean show_alert_for_quotes:boolean show_alert_for_credit_notes:boolean
    show_alert_for_price_enquiries:boolean show_alert_for_invoices:boolean show_alert_for_returns:boolean
    show_alert_for_project_bills:boolean is_to_delete:boolean updated_by:string(30) ${stamps}
  `,
  customer_card: 'id:int64 customer_id:int64 last_used_date:date-time is_to_delete:boolean',
  customer_contact: `
    id:int64 customer_id:int64 salutation_id:int64 name:string(180) first_name:string(60) middle_name:string(60)
    last_name:string(60) default_telephone:string(227) default_email:string(227) is_default:boolean is_to_delete:boolean
    salutation:{salutation}! emails:[customer_email]! telephones:[customer_telephone]! mobiles:[customer_mobile]!
    faxes:[customer_fax]! websites:[customer_website]! roles:[customer_contact_role]! ${stamps}
  `,
  customer_email: `
    id:int64 email:string(227) customer_contact_id:int64 is_default:boolean is_to_delete:boolean
    customer_contact:{customer_contact} ${stamps}
  `,
  customer_telephone: contactNumber,
  customer_mobile: contactNumber,
  customer_fax: contactNumber,
  customer_website: `
    id:int64 website:string(227) customer_contact_id:int64 is_default:boolean is_to_delete:boolean
    customer_contact:{customer_contact} ${stamps}
  `,
  customer_contact_role: `
    id:int64 customer_contact_id:int64 trader_contact_role_id:int64 is_preferred_contact_for_role:boolean is_to_delete:boolean ${stamps}
  `,
  customer_price_band: `id:int64 customer_id:int64 price_band_id:int64 is_to_delete:boolean price_band:{price_band} ${stamps}`,
  customer_memo: `
    id:int64 customer_id:int64 note:string(1000) is_active:boolean is_to_delete:boolean created_by:string(20) ${stamps}
  `,
  customer_delivery_address: `
    id:int64 customer_id:int64 is_default:boolean description:string(255) postal_name:string(60) address_1..4:string(60)
    city:string(60) county:string(60) postcode:string(10) country:string(60) address_country_code_id:int64 contact:string(235)
    telephone:string(60) fax:string(30) email:string(255) tax_number:string(30) tax_code_id:int64 country_code_id:int64 ${stamps}
    customer:{customer} address_country_code:{country_code} tax_code:{tax_code} country_code:{country_code}
  `,
  customer_view: customerViewDefinition,
};

/** What customer records of a site before its updates of 2020 do not have. */
const recentProperty = /^(?:alerts|cards|limited_price_bands|memos|status|spare_.+)$/;

/** The records of a site that is up to date. */
export const currentModel: Model = defineModel(
  { ...customerDefinitions, ...lookupDefinitions },
  enumerations,
);

/** The same records at an older site: without what came in with later updates. */
export function createOlderModel(): Model {
  const customer = [...(currentModel.get('customer')?.properties ?? [])].filter(
    ([name]) => !recentProperty.test(name),
  );
  return new Map([...currentModel, ['customer', { name: 'customer', properties: new Map(customer) }]]);
}
