import type { Row } from '../records/row.ts';
import { toMidnight, type Account } from './accounts.ts';

const sectors = [
  'Construction',
  'Retail',
  'Manufacturing',
  'Hospitality',
  'Public Sector',
  'Transport',
  'Agriculture',
];
const sources = ['Trade show', 'Recommendation', 'Website', 'Cold call', 'Tender'];
const salesPeople = ['Helen Ormerod', 'Imran Iqbal', 'Gareth Pritchard', 'Fiona Campbell'];

// More digits than a binary floating-point number holds: clients must not round it.
const longNumber = '12345678901234.56789';

/** What each company fills in as it likes: twenty analysis codes and the spare fields. Most are left alone. */
export function recordCustomFields(account: Account): Row {
  const { faker, gaps, party, isFilled } = account;
  const usedCodes = [
    faker.helpers.arrayElement(sectors),
    party.addresses[0]?.region ?? '',
    gaps.orEmpty(0.8, faker.helpers.arrayElement(salesPeople)),
    gaps.orEmpty(0.5, faker.helpers.arrayElement(sources)),
  ];
  return {
    ...createNumbered(
      'analysis_code_',
      20,
      (index) => usedCodes[index] ?? gaps.orEmpty(0.02, faker.commerce.department()),
    ),
    ...createNumbered('spare_text_', 10, () => gaps.orEmpty(0.04, faker.commerce.productName())),
    ...createNumbered('spare_number_', 10, (index) => {
      const value = faker.number.float({ max: 1000, fractionDigits: 5 });
      if (isFilled && index === 0) return longNumber;
      return faker.datatype.boolean(0.04) || isFilled ? value : 0;
    }),
    ...createNumbered('spare_date_', 5, () =>
      gaps.orNull(0.04, toMidnight(faker.date.between({ from: '2015-01-01', to: '2026-06-01' }))),
    ),
    ...createNumbered('spare_bool_', 5, () => faker.datatype.boolean(0.1)),
  };
}

function createNumbered(
  prefix: string,
  count: number,
  invent: (index: number) => unknown,
): Record<string, unknown> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`${prefix}${index + 1}`, invent(index)]),
  );
}
