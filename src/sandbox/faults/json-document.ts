import { isLosslessNumber, LosslessNumber, parse, stringify } from 'lossless-json';
import { hasContent, withBody, type Answer } from './answer.ts';

/** A JSON object that may be changed. */
export type JsonRecord = Record<string, unknown>;

/** Begins a string that stands for JSON text, or for text that only looks like it. A private-use character: no text of the sandbox has it. */
const textMark = '\uE001';
/** Begins a key that an object cannot have, or has already. */
const keyMark = '\uE002';
const markedText = new RegExp(`"${textMark}([^"]*)"`, 'g');

/** The document of an answer, numbers as they were written; undefined when there is none. */
export function readDocument(answer: Answer): unknown {
  const isJson = String(answer.headers['content-type']).startsWith('application/json');
  return isJson && hasContent(answer) ? parse(answer.body.toString()) : undefined;
}

/** The text of a document, marked values and keys as they are meant. */
export function writeDocument(document: unknown): string {
  const text = stringify(document) ?? 'null';
  return text.replaceAll(markedText, (_marked, raw: string) => raw).replaceAll(keyMark, '');
}

export function withDocument(answer: Answer, document: unknown): Answer {
  return withBody(answer, writeDocument(document));
}

/** A value that is written as `text` stands, which must be without quotes. */
export function rawValue(text: string): string {
  return textMark + text;
}

/** A key that is written as `name` even if the object has such a key. */
export function rawKey(name: string): string {
  return keyMark + name;
}

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isLosslessNumber(value);
}

export function isNumber(value: unknown): value is LosslessNumber {
  return isLosslessNumber(value);
}

/** What envelopes call their rows. */
const envelopeKeys = ['results', 'data'] as const;

/** The rows of a list, bare or in its envelope; undefined when the document is no list. */
export function findRows(document: unknown): unknown[] | undefined {
  const lists = isRecord(document) ? envelopeKeys.map((key) => document[key]) : [document];
  return lists.find((list) => Array.isArray(list));
}

/** The rows of a list, or the one record that the document is. */
export function findRecords(document: unknown): JsonRecord[] {
  return (findRows(document) ?? [document]).filter(isRecord);
}

/** Whether a field holds the id of something: `id`, `customerId`, `customer_id`. */
export function isId(key: string, value: unknown): value is LosslessNumber {
  return /^id$|Id$|_id$/.test(key) && isNumber(value) && /^\d+$/.test(value.value);
}

/** A copy of the record that is of something else: every id is the next one. */
export function raiseIds(record: JsonRecord): JsonRecord {
  const raised = Object.entries(record).map(
    ([key, value]) =>
      [key, isId(key, value) ? new LosslessNumber(String(BigInt(value.value) + 1n)) : value] as const,
  );
  return Object.fromEntries(raised);
}
