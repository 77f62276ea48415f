import type { Faker } from '@faker-js/faker';
import { inventLastName } from './people-names.ts';
import type { Country } from './places.ts';

// prettier-ignore
const companyWords = [
  'Harbour', 'Beacon', 'Northgate', 'Willow', 'Calder', 'Foxglove', 'Ridgeway', 'Kestrel', 'Anchor', 'Brook', 'Summit', 'Granite',
  'Heron', 'Lighthouse', 'Juniper', 'Meridian', 'Oakfield', 'Pennine', 'Redwood', 'Saltmarsh', 'Thistle', 'Westbrook', 'Yarrow',
  'Copperfield', 'Silverdale', 'Blackthorn', 'Cobblestone', 'Driftwood', 'Evergreen', 'Fairview',
];
// prettier-ignore
const trades: Readonly<Record<Country, readonly string[]>> = {
  GB: [
    'Joinery', 'Roofing', 'Logistics', 'Plumbing & Heating', 'Dental Care', 'Motors', 'Interiors', 'Foods', 'Engineering', 'Print',
    'Accountancy', 'Veterinary Centre', 'Garden Centre', 'Textiles', 'Freight', 'Electrical', 'Bakery', 'Lettings', 'Catering', 'Fabrications',
  ],
  US: [
    'Construction', 'Roofing', 'Demolition', 'Landscaping', 'Remodeling', 'Excavating', 'Builders', 'Property Management', 'Restoration',
    'Concrete', 'Self Storage', 'Plumbing', 'Drywall', 'Paving', 'Tree Service', 'Salvage', 'Hauling', 'Lumber', 'Painting', 'Homes',
  ],
};
const legalForms: Readonly<Record<Country, readonly string[]>> = {
  GB: ['Ltd', 'Ltd', 'Ltd', 'Ltd', 'LLP', 'plc'],
  US: ['LLC', 'LLC', 'LLC', 'Inc.', 'Co.'],
};

/** Names that strain a client: letters outside ASCII, and texts too long for any of the systems. */
// prettier-ignore
const unusualCompanies: Readonly<Record<Country, readonly string[]>> = {
  GB: [
    'Café Zoë Ltd', 'Brødrene Ångström Fisheries Ltd', '株式会社ハーバー Ltd', 'Müller & Söhne Ltd', 'Siân’s Bakery Ltd', 'Crêperie Île-de-Ré Ltd',
    'Association of Independent Roofing, Guttering and Fascia Contractors of West Yorkshire and the Calder Valley Ltd',
    'Worshipful Company of Saltmarsh Lighthouse Keepers, Chandlers and Ropemakers of the Northern Coast Ltd',
  ],
  US: [
    'Piñon & Peña Landscaping LLC', 'Café du Nord LLC', 'Åse’s Scandinavian Homes LLC', 'Mañana Concrete LLC', 'Peñasco Hauling Inc.',
    'Über Salvage LLC', 'Jalapeño Joe’s BBQ Inc.', 'Boulder Façade Restoration Co.', 'Crème Brûlée Bakeries LLC',
    'Greater Olympic Peninsula Demolition, Excavating, Hauling and Environmental Restoration Cooperative of Clallam County Inc.',
    'Evergreen Mutual Homeowners and Neighborhood Property Management Association of the Pacific Northwest Inc.',
    'Sacramento Valley Contractors, Roofers, Drywallers and Concrete Finishers Apprenticeship Training Trust Inc.',
  ],
};

/** Invents the full name of a company, legal form included. */
export function inventCompanyName(faker: Faker, country: Country, city: string): string {
  const trade = faker.helpers.arrayElement(trades[country]);
  const form = faker.helpers.arrayElement(legalForms[country]);
  const surname = inventLastName(faker, country);
  return faker.helpers.weightedArrayElement([
    { weight: 3, value: `${surname} ${trade} ${form}` },
    { weight: 3, value: `${faker.helpers.arrayElement(companyWords)} ${trade} ${form}` },
    { weight: 2, value: `${surname} & Sons ${form}` },
    { weight: 2, value: `${surname} & ${inventLastName(faker, country)} ${form}` },
    { weight: 2, value: `${city} ${trade} ${form}` },
    { weight: 1, value: `${faker.helpers.arrayElement(companyWords)} Group ${form}` },
  ]);
}

/** Picks a company name that strains a client. */
export function pickUnusualCompanyName(faker: Faker, country: Country): string {
  return faker.helpers.arrayElement(unusualCompanies[country]);
}

/** Letters that Unicode does not decompose into a base letter and a mark. */
const undecomposed: Readonly<Record<string, string>> = { ł: 'l', ø: 'o', þ: 'th', đ: 'd', æ: 'ae', ß: 'ss' };

/** Lower-case ASCII form of a name for host names and the local part of e-mail addresses: words joined by `joiner`. */
export function toAsciiWords(text: string, joiner: string): string {
  const plain = text
    .toLowerCase()
    .replace(/[’'.]/g, '')
    .replace(/[łøþđæß]/g, (letter) => undecomposed[letter] ?? '')
    .normalize('NFD')
    .replace(/\p{M}/gu, '');
  return plain
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '')
    .join(joiner);
}
