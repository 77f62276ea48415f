/** A fixed list: customers refer to the ids 1 to 4. */
export const billingCycles = [
  createBillingCycle(1, 'Monthly from the 1st', 'MONTHLY', 1, 1),
  createBillingCycle(2, 'Monthly from the 15th', 'MONTHLY', 15, 1),
  createBillingCycle(3, 'Quarterly', 'MONTHLY', 1, 3),
  createBillingCycle(4, 'Weekly from Monday', 'WEEKLY', 1, 1),
];

/** A fixed list: customers refer to the ids 1 to 4. */
export const tripwirePlans = [
  { id: 1, name: 'Residential Standard' },
  { id: 2, name: 'Business Standard' },
  { id: 3, name: 'Business International' },
  { id: 4, name: 'High Risk' },
];

function createBillingCycle(
  id: number,
  name: string,
  periodUnit: string,
  startDayOfPeriod: number,
  lengthOfPeriod: number,
) {
  const isAutomatic = id <= 2;
  return {
    id,
    name,
    startDayOfPeriod,
    wholePeriod: true,
    lengthOfPeriod,
    periodUnit,
    maxDaysBeforeCloseable: 2,
    maxDaysAfterCloseable: 10,
    maxBackDateableUsageInDays: 90,
    currencyCode: 'GBP',
    defaultInvoiceDate: id === 3 ? 'END_OF_BILL_RUN_PLUS_ONE' : 'END_OF_BILL_RUN',
    completionType: isAutomatic ? 'CLOSE_ONLY' : 'DISABLED',
    autoCloseHour: isAutomatic ? 2 : null,
    autoCloseMinute: isAutomatic ? 30 : null,
    autoCloseOffsetDays: isAutomatic ? 1 : null,
    autoCloseUserId: isAutomatic ? 17 : null,
    billingCycleRules: isAutomatic ? [createRevenueRule(id)] : [],
    billingCycleStats: [{ type: 'REVENUE', value: 18_250.75 * id, comparisonPeriod: 'THREE_PERIODS' }],
  };
}

function createRevenueRule(id: number) {
  return {
    id,
    type: 'REVENUE',
    thresholdPercentage: 12.5,
    thresholdMinValue: 100,
    thresholdMaxValue: 250_000,
    active: true,
    comparisonPeriod: 'THREE_PERIODS',
    comparisonBasedOn: 'VALUE',
  };
}
