import { findRecords, isRecord, type JsonRecord } from './json-document.ts';
import { chooseOne, type Random } from './random.ts';

/** Where a field stands. */
export interface Place {
  readonly holder: JsonRecord;
  readonly key: string;
}

export type FieldTest = (key: string, value: unknown) => boolean;

/** The named fields of every record that has them; without names one of those that `accepts` lets through, by chance, in each. */
export function findFields(
  document: unknown,
  names: readonly string[] | undefined,
  accepts: FieldTest,
  random: Random,
): Place[] {
  const records = findRecords(document);
  if (names !== undefined)
    return records.flatMap((record) => names.flatMap((name) => findNamed(record, name.split('.'))));
  return records.flatMap((record) => {
    const place = chooseOne(listFields(record, accepts), random);
    return place === undefined ? [] : [place];
  });
}

/** All fields of every record that `accepts` lets through. */
export function findAllFields(document: unknown, accepts: FieldTest): Place[] {
  return findRecords(document).flatMap((record) => listFields(record, accepts));
}

function listFields(holder: JsonRecord, accepts: FieldTest): Place[] {
  return Object.entries(holder)
    .filter(([key, value]) => accepts(key, value))
    .map(([key]) => ({ holder, key }));
}

/** A path leads through records and through each of the records of a list. */
function findNamed(value: unknown, [key = '', ...rest]: readonly string[]): Place[] {
  if (Array.isArray(value)) return value.flatMap((item) => findNamed(item, [key, ...rest]));
  if (!isRecord(value) || !Object.hasOwn(value, key)) return [];
  return rest.length === 0 ? [{ holder: value, key }] : findNamed(value[key], rest);
}
