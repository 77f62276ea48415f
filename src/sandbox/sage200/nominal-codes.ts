import { stampRows } from './stamps.ts';

/** Profit and loss accounts are kept per cost centre; the rest belong to the whole company. */
const accounts: readonly (readonly [reference: string, name: string])[] = [
  ['4000', 'Sales - Goods'],
  ['4010', 'Sales - Services'],
  ['4020', 'Sales - Hire'],
  ['4030', 'Sales - Export'],
  ['4100', 'Carriage Recovered'],
  ['4200', 'Sales Discounts'],
  ['4900', 'Other Income'],
  ['5000', 'Purchases'],
  ['5100', 'Carriage Inwards'],
  ['5200', 'Subcontractors'],
  ['6200', 'Advertising'],
  ['7000', 'Wages and Salaries'],
  ['7100', 'Rent and Rates'],
  ['7200', 'Light and Heat'],
  ['7300', 'Vehicle Running Costs'],
  ['7500', 'Printing and Stationery'],
  ['7600', 'Legal and Professional'],
  ['7900', 'Bank Charges'],
  ['8100', 'Bad Debts'],
];
const balanceSheetAccounts: readonly (readonly [reference: string, name: string])[] = [
  ['1001', 'Stock'],
  ['1100', 'Debtors Control'],
  ['1200', 'Bank Current Account'],
];
const costCentres = [
  { id: 1, code: 'LDS', name: 'Leeds' },
  { id: 2, code: 'MAN', name: 'Manchester' },
  { id: 3, code: 'LON', name: 'London' },
];
const salesDepartment = { id: 1, code: 'SAL', name: 'Sales' };
const analysisCodes = Object.fromEntries(
  Array.from({ length: 20 }, (_, index) => [`analysis_code_${index + 1}`, '']),
);

export const nominalCodes = stampRows(
  [
    ...accounts.flatMap(([reference, name]) =>
      costCentres.map((costCentre) => ({ reference, name, costCentre })),
    ),
    ...balanceSheetAccounts.map(([reference, name]) => ({ reference, name, costCentre: null })),
  ].map(({ reference, name, costCentre }, index) => createNominalCode(reference, name, costCentre, index)),
);

function createNominalCode(
  reference: string,
  name: string,
  costCentre: (typeof costCentres)[number] | null,
  index: number,
) {
  const isSales = reference.startsWith('4');
  const debit = isSales ? 0 : index * 1731.45;
  const credit = isSales ? index * 2954.1 : 0;
  return {
    id: 101 + index,
    name,
    reference,
    cost_centre_id: costCentre?.id ?? null,
    cost_centre_code: costCentre?.code ?? '',
    department_id: isSales ? salesDepartment.id : null,
    department_code: isSales ? salesDepartment.code : '',
    nominal_account_type: costCentre === null ? 'BalanceSheet' : 'ProfitAndLoss',
    account_status_type: reference === '4900' ? 'AccountStatusHidden' : 'AccountStatusActive',
    report_category_id: Number(reference.slice(0, 2)),
    sofa_category_id: null,
    display_balances_in_selection_list: true,
    balance_year_to_date: debit - credit,
    debit_balance_year_to_date: debit,
    credit_balance_year_to_date: credit,
    brought_forward_balance: costCentre === null ? 1200.5 * (index + 1) : 0,
    allow_manual_journal_entries: reference !== '1100',
    use_batch_postings: false,
    periods_to_keep_transactions: 24,
    consolidated_nominal_code_id: null,
    consolidated_nominal_account_number: '',
    consolidated_nominal_cost_centre: '',
    consolidated_nominal_department: '',
    ...analysisCodes,
    consolidated_nominal_code: null,
    cost_centre: costCentre,
    department: isSales ? salesDepartment : null,
    report_category: null,
    sofa_category: null,
    financial_years: [],
    memos: [],
  };
}

/** The accounts that sales to customers are posted to. */
export const salesCodes = nominalCodes.filter(({ reference }) => reference.startsWith('40'));
