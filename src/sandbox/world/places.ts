export type Country = 'GB' | 'US';

/** A real town whose county or state, postcode area and dialling code belong together. */
export interface Place {
  readonly city: string;
  /** County in Great Britain, two-letter state in the United States. */
  readonly region: string;
  /** Postcode districts ("HX1") or the first three digits of ZIP codes ("983"). */
  readonly postcodes: readonly string[];
  /** Start of a telephone number from the ranges kept free for fiction. */
  readonly phonePrefix: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly country: Country;
}

type PlaceRow = readonly [
  city: string,
  region: string,
  postcodes: string,
  phonePrefix: string,
  latitude: number,
  longitude: number,
];

// Ofcom keeps these blocks for drama; towns without a block of their own share 01632.
const britishRows: readonly PlaceRow[] = [
  ['Leeds', 'West Yorkshire', 'LS1 LS7 LS11', '0113 496 0', 53.7997, -1.5492],
  ['Halifax', 'West Yorkshire', 'HX1 HX3', '01632 960', 53.7248, -1.8658],
  ['Sheffield', 'South Yorkshire', 'S1 S3 S9', '0114 496 0', 53.3811, -1.4701],
  ['York', 'North Yorkshire', 'YO1 YO10 YO31', '01632 960', 53.9591, -1.0815],
  ['Whitby', 'North Yorkshire', 'YO21 YO22', '01632 960', 54.4863, -0.6133],
  ['Manchester', 'Greater Manchester', 'M1 M4 M15', '0161 496 0', 53.4808, -2.2426],
  ['Stockport', 'Greater Manchester', 'SK1 SK3', '0161 496 0', 53.4106, -2.1575],
  ['Liverpool', 'Merseyside', 'L1 L3 L8', '0151 496 0', 53.4084, -2.9916],
  ['Preston', 'Lancashire', 'PR1 PR2', '01632 960', 53.7632, -2.7031],
  ['Newcastle upon Tyne', 'Tyne and Wear', 'NE1 NE4 NE6', '0191 498 0', 54.9783, -1.6178],
  ['Durham', 'County Durham', 'DH1', '0191 498 0', 54.7761, -1.5733],
  ['Nottingham', 'Nottinghamshire', 'NG1 NG5 NG7', '0115 496 0', 52.9548, -1.1581],
  ['Leicester', 'Leicestershire', 'LE1 LE3', '0116 496 0', 52.6369, -1.1398],
  ['Birmingham', 'West Midlands', 'B1 B12 B18', '0121 496 0', 52.4862, -1.8904],
  ['Coventry', 'West Midlands', 'CV1 CV5', '01632 960', 52.4068, -1.5197],
  ['Norwich', 'Norfolk', 'NR1 NR3', '01632 960', 52.6309, 1.2974],
  ['Cambridge', 'Cambridgeshire', 'CB1 CB4', '01632 960', 52.2053, 0.1218],
  ['London', 'Greater London', 'E8 N1 SE1 SW9', '020 7946 0', 51.5072, -0.1276],
  ['Reading', 'Berkshire', 'RG1 RG6', '0118 496 0', 51.4543, -0.9781],
  ['Brighton', 'East Sussex', 'BN1 BN2', '01632 960', 50.8225, -0.1372],
  ['Bristol', 'Bristol', 'BS1 BS5 BS8', '0117 496 0', 51.4545, -2.5879],
  ['Bath', 'Somerset', 'BA1 BA2', '01632 960', 51.3811, -2.359],
  ['Falmouth', 'Cornwall', 'TR11', '01632 960', 50.1526, -5.0663],
  ['Cardiff', 'South Glamorgan', 'CF10 CF11 CF24', '029 2018 0', 51.4816, -3.1791],
  ['Swansea', 'West Glamorgan', 'SA1 SA2', '01632 960', 51.6214, -3.9436],
  ['Edinburgh', 'Midlothian', 'EH1 EH3 EH6', '0131 496 0', 55.9533, -3.1883],
  ['Glasgow', 'Lanarkshire', 'G1 G3 G41', '0141 496 0', 55.8642, -4.2518],
  ['Belfast', 'County Antrim', 'BT1 BT9', '028 9018 0', 54.5973, -5.9301],
];

// 555-0100 to 555-0199 is the fictional range of every North American area code.
const americanRows: readonly PlaceRow[] = [
  ['Sequim', 'WA', '983', '(360) 555-0', 48.0795, -123.1018],
  ['Seattle', 'WA', '981', '(206) 555-0', 47.6062, -122.3321],
  ['Spokane', 'WA', '992', '(509) 555-0', 47.6588, -117.426],
  ['Portland', 'OR', '972', '(503) 555-0', 45.5152, -122.6784],
  ['Eugene', 'OR', '974', '(541) 555-0', 44.0521, -123.0868],
  ['Sacramento', 'CA', '958', '(916) 555-0', 38.5816, -121.4944],
  ['Fresno', 'CA', '937', '(559) 555-0', 36.7378, -119.7871],
  ['San Diego', 'CA', '921', '(619) 555-0', 32.7157, -117.1611],
  ['Boise', 'ID', '837', '(208) 555-0', 43.615, -116.2023],
  ['Reno', 'NV', '895', '(775) 555-0', 39.5296, -119.8138],
  ['Phoenix', 'AZ', '850', '(602) 555-0', 33.4484, -112.074],
  ['Denver', 'CO', '802', '(303) 555-0', 39.7392, -104.9903],
  ['Austin', 'TX', '787', '(512) 555-0', 30.2672, -97.7431],
  ['San Antonio', 'TX', '782', '(210) 555-0', 29.4241, -98.4936],
  ['Omaha', 'NE', '681', '(402) 555-0', 41.2565, -95.9345],
  ['Minneapolis', 'MN', '554', '(612) 555-0', 44.9778, -93.265],
  ['Madison', 'WI', '537', '(608) 555-0', 43.0722, -89.4008],
  ['Columbus', 'OH', '432', '(614) 555-0', 39.9612, -82.9988],
  ['Nashville', 'TN', '372', '(615) 555-0', 36.1627, -86.7816],
  ['Raleigh', 'NC', '276', '(919) 555-0', 35.7796, -78.6382],
  ['Tampa', 'FL', '336', '(813) 555-0', 27.9506, -82.4572],
  ['Buffalo', 'NY', '142', '(716) 555-0', 42.8864, -78.8784],
];

/** The towns of the invented world, by country. */
export const placesByCountry: Readonly<Record<Country, readonly Place[]>> = {
  GB: readRows(britishRows, 'GB'),
  US: readRows(americanRows, 'US'),
};

function readRows(rows: readonly PlaceRow[], country: Country): readonly Place[] {
  return rows.map(([city, region, postcodes, phonePrefix, latitude, longitude]) => ({
    city,
    region,
    postcodes: postcodes.split(' '),
    phonePrefix,
    latitude,
    longitude,
    country,
  }));
}
