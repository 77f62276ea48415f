import type { GraphQLError } from 'graphql';
import { isSafeId } from '../providers/kit/native-ids.ts';
import { badUserInput } from './errors.ts';

/** A global id taken apart: `elevate:1042` is a customer, `cro:location:7` a record of another kind. */
export interface GlobalId {
  readonly source: string;
  /** Undefined for customers. */
  readonly kind: string | undefined;
  readonly nativeId: string;
}

/** Names of sources in the configuration. */
export const sourceNamePattern = /^[a-z][a-z0-9-]{0,31}$/;

const kindPattern = /^[a-z][a-z-]{0,31}$/;

/** More than any id has. */
const maxLength = 200;

export function formatGlobalId(source: string, kind: string | undefined, nativeId: string): string {
  return kind === undefined ? `${source}:${nativeId}` : `${source}:${kind}:${nativeId}`;
}

/** @throws GraphQLError BAD_USER_INPUT when the text has not the form of a global id */
export function parseGlobalId(id: string): GlobalId {
  const parsed = readGlobalId(id);
  if (parsed === undefined) throw refuseId(id, 'native id');
  return parsed;
}

/** @param noun what a native id is called */
export function refuseId(id: string, noun: string): GraphQLError {
  return badUserInput(
    `${quoteInput(id)} is not an id of this graph: expected "<source>:<${noun}>" for a customer, or "<source>:<kind>:<${noun}>".`,
  );
}

/** The parts of a global id; undefined for anything that has not the form of one. The source says whether the native id is one. */
export function readGlobalId(id: unknown): GlobalId | undefined {
  if (typeof id !== 'string' || id.length > maxLength) return undefined;
  const parts = id.split(':');
  const [source = '', second = '', third] = parts;
  const kind = third === undefined ? undefined : second;
  const nativeId = third ?? second;
  const isWellFormed =
    parts.length <= 3 &&
    sourceNamePattern.test(source) &&
    (kind === undefined || kindPattern.test(kind)) &&
    isSafeId(nativeId);
  return isWellFormed ? { source, kind, nativeId } : undefined;
}

/** What a caller wrote, short and on one line. */
export function quoteInput(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
