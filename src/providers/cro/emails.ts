import { textsOf } from '../payload.ts';

/** CRO keeps several addresses in one text: commas between them, often blanks and newlines as well. */
export function splitEmails(email: string | null | undefined): string[] {
  return typeof email === 'string' ? textsOf(email.split(/[,;\s]+/)) : [];
}
