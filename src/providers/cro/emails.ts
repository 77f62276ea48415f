import { collectTexts } from '../kit/payload.ts';

/** CRO keeps several addresses in one text: commas between them, often blanks and newlines as well. */
export function splitEmails(text: string): string[] {
  return collectTexts(text.split(/[,;\s]+/));
}
