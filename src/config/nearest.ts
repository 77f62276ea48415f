import { distance } from 'fastest-levenshtein';

/** The word that somebody most likely meant who wrote `written`; undefined when none is close. */
export function findNearest(written: string, words: readonly string[]): string | undefined {
  const [nearest] = words
    .map((word) => ({ word, edits: countEdits(written.toLowerCase(), word.toLowerCase()) }))
    .filter(({ word, edits }) => edits <= Math.max(1, Math.floor(word.length / 2)))
    .toSorted((a, b) => a.edits - b.edits);
  return nearest?.word;
}

/** Letters in another order are one mistake. */
function countEdits(written: string, word: string): number {
  const sort = (text: string) => text.split('').toSorted().join('');
  return sort(written) === sort(word) && written !== word ? 1 : distance(written, word);
}
