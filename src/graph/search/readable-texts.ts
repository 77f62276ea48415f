import type { CustomerTexts, ListedCustomer, Source } from '../../providers/provider.ts';
import type { Access } from '../guards/access.ts';

/** The fields of a customer whose texts it is found by. */
const searchedFields: Readonly<Record<keyof CustomerTexts, readonly string[]>> = {
  names: ['name'],
  references: ['references'],
  postcodes: ['addresses', 'postcode'],
  emails: ['contacts', 'emailAddresses'],
  phones: ['contacts', 'phoneNumbers'],
};

/** What a customer may be found by: who may not read a field may not match it either. */
export function keepReadable({ row, texts }: ListedCustomer, access: Access): CustomerTexts {
  const { source } = row.at;
  const keep = (kind: keyof CustomerTexts) => (mayRead(source, kind, access) ? texts[kind] : []);
  return {
    names: keep('names'),
    references: keep('references'),
    postcodes: keep('postcodes'),
    emails: keep('emails'),
    phones: keep('phones'),
  };
}

/** Whether nothing that customers of a source are found by is kept from the caller. */
export function maySeeAllTexts(source: Source, access: Access): boolean {
  return (['names', 'references', 'postcodes', 'emails', 'phones'] as const).every((kind) =>
    mayRead(source, kind, access),
  );
}

function mayRead({ provider }: Source, kind: keyof CustomerTexts, access: Access): boolean {
  return access.mayRead(provider.customerType, searchedFields[kind]);
}
