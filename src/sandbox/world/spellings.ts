import type { Party } from './parties.ts';

const legalForm = / (Ltd|LLP|plc|LLC|Inc\.|Co\.)$/;
const longForms: Readonly<Record<string, string>> = {
  Ltd: 'Limited',
  plc: 'PLC',
  'Inc.': 'Incorporated',
  'Co.': 'Company',
};

/** Longest customer name each system keeps, in characters: longer ones are cut. */
const maxNameLength = { elevate: 100, sage200: 60, cro: 64 } as const;

type SpellingProvider = keyof typeof maxNameLength;

/** How the staff of each system typed the name of the same party: "Harbour & Sons Ltd", "Harbour and Sons Limited", "HARBOUR & SONS". */
export function spellings(party: Party): Readonly<Record<SpellingProvider, string>> {
  return {
    elevate: cutName(party.name, 'elevate'),
    sage200: cutName(spellForSage(party), 'sage200'),
    cro: cutName(spellForCro(party), 'cro'),
  };
}

function cutName(name: string, provider: SpellingProvider): string {
  return name.slice(0, maxNameLength[provider]).trimEnd();
}

function spellForSage(party: Party): string {
  const holder = party.people[0];
  if (party.kind === 'person' && holder !== undefined) return `${holder.lastName}, ${holder.firstName}`;
  return party.name
    .replaceAll(' & ', ' and ')
    .replace(legalForm, (_, form: string) => ` ${longForms[form] ?? form}`);
}

function spellForCro(party: Party): string {
  const short = party.name.replace(legalForm, '');
  // Half of the dispatchers type with the shift lock on.
  return party.key % 2 === 1 ? short.toUpperCase() : short;
}
