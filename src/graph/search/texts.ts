/** Words that say nothing of who a customer is. */
const emptyWords = new Set([
  'and',
  'the',
  'of',
  'ltd',
  'limited',
  'llp',
  'plc',
  'llc',
  'inc',
  'incorporated',
  'co',
  'company',
  'corp',
]);

/** Small letters without accents; `&` is "and"; words with one blank between them. */
export function simplify(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('&', ' and ')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** The words of a simplified text that tell customers apart; all words where none does. */
export function tellingWords(simple: string): string[] {
  const words = simple.split(' ').filter((word) => word !== '');
  const telling = words.filter((word) => !emptyWords.has(word));
  return telling.length > 0 ? telling : words;
}

/**
 * The words of a text that sources are asked for: the longest, as they are written. Words with accents come later,
 * because another system may spell them without; what stands before and behind an apostrophe or a hyphen counts as a
 * word, because there are several of either. Words of a letter or two are in too many names to be asked for early.
 */
export function chooseSearchWords(text: string, count: number): string[] {
  const words = [...new Set(text.split(/[^\p{L}\p{M}\p{N}]+/u).filter((word) => word !== ''))];
  const telling = words.filter((word) => !emptyWords.has(simplify(word)));
  const chosen = (telling.length > 0 ? telling : words).toSorted(
    (a, b) => rank(a) - rank(b) || b.length - a.length,
  );
  // Where there is a better word, a single letter only brings rows that have nothing to do with it.
  return chosen.filter((word, index) => index === 0 || word.length > 1 || !isPlain(word)).slice(0, count);
}

function rank(word: string): number {
  if (isPlain(word)) return word.length > 2 ? 0 : 2;
  return 1;
}

function isPlain(word: string): boolean {
  return /^[\x21-\x7e]+$/.test(word);
}
