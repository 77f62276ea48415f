/** The word that somebody most likely meant who wrote `written`; undefined when none is close. */
export function findNearest(written: string, words: readonly string[]): string | undefined {
  const [nearest] = words
    .map((word) => ({ word, distance: countEdits(written.toLowerCase(), word.toLowerCase()) }))
    .filter(({ word, distance }) => distance <= Math.max(1, Math.floor(word.length / 3)) || isStartOf(written, word))
    .toSorted((a, b) => a.distance - b.distance);
  return nearest?.word;
}

function isStartOf(written: string, word: string): boolean {
  return written.length >= 3 && word.toLowerCase().startsWith(written.toLowerCase());
}

/** Letters to insert, delete, replace, or swap with their neighbour, to get from one word to the other. */
function countEdits(from: string, to: string): number {
  const rows = [Array.from({ length: to.length + 1 }, (_, index) => index)];
  for (let i = 1; i <= from.length; i++) {
    const [above = [], twoAbove = []] = [rows[i - 1], rows[i - 2]];
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const isSame = from[i - 1] === to[j - 1];
      const isSwapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      const edits = [
        at(above, j) + 1,
        at(row, j - 1) + 1,
        at(above, j - 1) + (isSame ? 0 : 1),
        ...(isSwapped ? [at(twoAbove, j - 2) + 1] : []),
      ];
      row.push(Math.min(...edits));
    }
    rows.push(row);
  }
  return at(rows.at(-1) ?? [], to.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
