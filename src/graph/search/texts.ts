/** Words that say nothing of who a customer is. */
const emptyWords = new Set(['and', 'the', 'of', 'ltd', 'limited', 'llp', 'plc', 'llc', 'inc', 'incorporated', 'co', 'company', 'corp']);

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
 * The words of a text that sources are asked for: the longest, as they are written. Words with accents come last,
 * because another system may spell them without.
 */
export function chooseSearchWords(text: string, count: number): string[] {
  const words = [...new Set(text.split(/[^\p{L}\p{N}'’-]+/u).filter((word) => word !== ''))];
  const telling = words.filter((word) => !emptyWords.has(simplify(word)));
  const isPlain = (word: string) => /^[\x21-\x7e]+$/.test(word);
  return (telling.length > 0 ? telling : words)
    .toSorted((a, b) => Number(isPlain(b)) - Number(isPlain(a)) || b.length - a.length)
    .slice(0, count);
}
