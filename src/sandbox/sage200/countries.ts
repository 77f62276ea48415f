import { stampRows } from './stamps.ts';

/** A tax mask is how the country's VAT numbers look: 9 a digit, X a letter or digit. */
const rows: readonly (readonly [code: string, name: string, taxMask?: string])[] = [
  ['GB', 'Great Britain', '999 9999 99'],
  ['US', 'United States'],
  ['IE', 'Ireland', '9X99999X'],
  ['FR', 'France', 'XX 999999999'],
  ['DE', 'Germany', '999999999'],
  ['ES', 'Spain', 'X9999999X'],
  ['IT', 'Italy', '99999999999'],
  ['NL', 'Netherlands', '999999999X99'],
  ['BE', 'Belgium', '9999999999'],
  ['LU', 'Luxembourg', '99999999'],
  ['PT', 'Portugal', '999999999'],
  ['AT', 'Austria', 'X99999999'],
  ['DK', 'Denmark', '99 99 99 99'],
  ['SE', 'Sweden', '999999999999'],
  ['FI', 'Finland', '99999999'],
  ['PL', 'Poland', '9999999999'],
  ['CZ', 'Czech Republic', '99999999'],
  ['HU', 'Hungary', '99999999'],
  ['GR', 'Greece', '999999999'],
  ['NO', 'Norway'],
  ['CH', 'Switzerland'],
  ['CA', 'Canada'],
  ['AU', 'Australia'],
  ['NZ', 'New Zealand'],
  ['JP', 'Japan'],
  ['CN', 'China'],
  ['IN', 'India'],
  ['ZA', 'South Africa'],
  ['AE', 'United Arab Emirates'],
  ['SG', 'Singapore'],
];

export const countries = stampRows(
  rows.map(([code, name, taxMask], index) => {
    const id = index + 1;
    const [stamped = null] = taxMask === undefined ? [] : stampRows([{ id, name: taxMask }]);
    return { id, code, name, eu_member: taxMask !== undefined && code !== 'GB', tax_mask: stamped };
  }),
);
