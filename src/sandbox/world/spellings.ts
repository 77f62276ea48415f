import type { Party, ProviderName } from './parties.ts';

const LEGAL_FORM = / (Ltd|LLP|plc|LLC|Inc\.|Co\.)$/;
const LONG_FORMS: Readonly<Record<string, string>> = { Ltd: 'Limited', plc: 'PLC', 'Inc.': 'Incorporated', 'Co.': 'Company' };

/** Longest customer name each system keeps, in characters: longer ones are cut. */
const MAX_NAME_LENGTH: Readonly<Record<ProviderName, number>> = { elevate: 100, sage200: 60, cro: 64 };

function cutName(name: string, provider: ProviderName): string {
  return name.slice(0, MAX_NAME_LENGTH[provider]).trimEnd();
}

function spellForSage(party: Party): string {
  const holder = party.people[0];
  if (party.kind === 'person' && holder !== undefined) return `${holder.lastName}, ${holder.firstName}`;
  return party.name.replaceAll(' & ', ' and ').replace(LEGAL_FORM, (_, form: string) => ` ${LONG_FORMS[form] ?? form}`);
}

function spellForCro(party: Party): string {
  const short = party.name.replace(LEGAL_FORM, '');
  // Half of the dispatchers type with the shift lock on.
  return party.key % 2 === 1 ? short.toUpperCase() : short;
}

/** How the staff of each system typed the name of the same party: "Harbour & Sons Ltd", "Harbour and Sons Limited", "HARBOUR & SONS". */
export function spellings(party: Party): Readonly<Record<ProviderName, string>> {
  return {
    elevate: cutName(party.name, 'elevate'),
    sage200: cutName(spellForSage(party), 'sage200'),
    cro: cutName(spellForCro(party), 'cro'),
  };
}
