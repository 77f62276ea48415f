import { expect } from '@jest/globals';

export interface Answer {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Headers;
  readonly text: string;
  readonly body: unknown;
}

/** Sends a request and reads the whole answer; `body` is undefined where it is not JSON. */
export async function ask(
  url: string,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<Answer> {
  const response = await fetch(url, { method, headers });
  const text = await response.text();
  const isJson = text !== '' && (response.headers.get('content-type') ?? '').startsWith('application/json');
  const body: unknown = isJson ? JSON.parse(text) : undefined;
  return { status: response.status, statusText: response.statusText, headers: response.headers, text, body };
}

/** The value as a list of objects. */
export function readRows(value: unknown): Record<string, unknown>[] {
  if (!Array.isArray(value)) throw new Error('expected a list');
  return value.map(readObject);
}

export function readObject(value: unknown): Record<string, unknown> {
  expect(value).toBeInstanceOf(Object);
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

export function idsOf(rows: readonly Record<string, unknown>[]): unknown[] {
  return rows.map((row) => row['id']);
}
