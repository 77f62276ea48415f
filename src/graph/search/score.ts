import { distance } from 'fastest-levenshtein';
import type { CustomerTexts } from '../../providers/provider.ts';
import { simplify, tellingWords } from './texts.ts';

export type SearchField = 'NAME' | 'REFERENCE' | 'POSTCODE' | 'EMAIL' | 'PHONE';

export interface Match {
  /** 1 for the same text, 0 for nothing in common. */
  readonly score: number;
  readonly field: SearchField;
}

/*
 * Steps of likeness. What lies between two of them is filled by how much of the text is alike, so that an exact match
 * always comes before a prefix, a prefix before words, and words before what is merely similar.
 */
const exact = 1;
const sameWords = 0.95;
const prefix = 0.9;
const allWords = 0.8;
const similarAtMost = 0.7;

/** How well a customer matches what was searched for, by its best field. */
export function scoreCustomer(search: string, texts: CustomerTexts): Match {
  const matches: Match[] = [
    ...texts.names.map((name): Match => ({ field: 'NAME', score: scoreName(search, name) })),
    ...texts.references.map((text): Match => ({ field: 'REFERENCE', score: scoreCode(search, text) })),
    ...texts.postcodes.map((text): Match => ({ field: 'POSTCODE', score: scoreCode(search, text) })),
    ...texts.emails.map((text): Match => ({ field: 'EMAIL', score: scoreEmail(search, text) })),
    ...texts.phones.map((text): Match => ({ field: 'PHONE', score: scorePhone(search, text) })),
  ];
  return matches.reduce((best, match) => (match.score > best.score ? match : best), {
    field: 'NAME',
    score: 0,
  });
}

function scoreName(search: string, name: string): number {
  const wanted = simplify(search);
  const found = simplify(name);
  if (wanted === '' || found === '') return 0;
  if (wanted === found) return exact;
  const wantedWords = tellingWords(wanted);
  const foundWords = tellingWords(found);
  const share = Math.min(wantedWords.length / foundWords.length, 1);
  // "Brown, Zoë" is Zoë Brown, and "Harbour and Sons Limited" is Harbour & Sons.
  if (wantedWords.toSorted().join(' ') === foundWords.toSorted().join(' ')) return sameWords;
  if (found.startsWith(wanted)) return allWords + (prefix - allWords) * Math.max(share, 0.5);
  if (wantedWords.every((word) => foundWords.includes(word)))
    return similarAtMost + (allWords - similarAtMost) * share;
  return similarAtMost * averageSimilarity(wantedWords, foundWords) * (0.7 + 0.3 * share);
}

/** Of each wanted word its likeness to a found one; each found word stands for one wanted word only, the likeliest pairs first. */
function averageSimilarity(wanted: readonly string[], found: readonly string[]): number {
  const pairs = wanted.flatMap((word, place) =>
    found.map((candidate, at) => ({ place, at, likeness: similarity(word, candidate) })),
  );
  const [paired, taken] = [new Set<number>(), new Set<number>()];
  let sum = 0;
  for (const { place, at, likeness } of pairs.toSorted((a, b) => b.likeness - a.likeness)) {
    if (paired.has(place) || taken.has(at)) continue;
    paired.add(place);
    taken.add(at);
    sum += likeness;
  }
  return sum / wanted.length;
}

/** 1 for equal words, 0.8 for one that begins with the other, then by the letters to change. */
function similarity(a: string, b: string): number {
  if (a === b) return 1;
  if (a.startsWith(b) || b.startsWith(a)) return 0.8;
  const likeness = 1 - distance(a, b) / Math.max(a.length, b.length);
  // Two letters that changed places in a word of four.
  return likeness < 0.5 ? 0 : likeness;
}

/** References and postcodes are written with and without blanks and dashes. */
function scoreCode(search: string, code: string): number {
  return scoreCompact(simplify(search).replaceAll(' ', ''), simplify(code).replaceAll(' ', ''));
}

function scoreEmail(search: string, email: string): number {
  return scoreCompact(search.trim().toLowerCase(), email.toLowerCase());
}

/** Digits only; with and without the country's prefix. */
function scorePhone(search: string, phone: string): number {
  const wanted = search.replace(/\D/g, '').replace(/^(00|0)/, '');
  const found = phone.replace(/\D/g, '').replace(/^(00|0)/, '');
  const isNumber = wanted.length >= 6 && /^[\d\s()+./-]+$/.test(search.trim());
  if (!isNumber || found.length < 6) return 0;
  return found.endsWith(wanted) || wanted.endsWith(found) ? exact : scoreCompact(wanted, found);
}

function scoreCompact(wanted: string, found: string): number {
  if (wanted.length < 3) return wanted !== '' && wanted === found ? exact : 0;
  if (wanted === found) return exact;
  if (found.startsWith(wanted)) return prefix;
  return found.includes(wanted) ? similarAtMost : 0;
}
