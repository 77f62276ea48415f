/** What is in the text of a document, before it is parsed. */
export interface TextSize {
  /** Names, numbers, strings, signs and comments. */
  readonly tokens: number;
  /** Brackets within each other, whatever their kind. */
  readonly nesting: number;
}

const opening: ReadonlySet<string> = new Set(['{', '[', '(']);
const closing: ReadonlySet<string> = new Set(['}', ']', ')']);

const blanks = /[\s,]*/y;
const comment = /[^\n\r]*/y;
const name = /\w*/y;
/** A number, or what the parser takes for a malformed one. */
const number = /[\w.+-]*/y;

/**
 * Measures a text that need not be GraphQL, without making anything of it. The parser calls itself for each bracket, makes
 * an object of each token before it gives up, and does not count comments.
 *
 * @param mostTokens what is behind so many is not looked at
 */
export function measureText(text: string, mostTokens: number): TextSize {
  let [tokens, nesting, depth] = [0, 0, 0];
  let index = findRunEnd(text, 0, blanks);
  while (index < text.length && tokens <= mostTokens) {
    const character = text[index] ?? '';
    tokens += 1;
    if (opening.has(character)) {
      depth += 1;
      nesting = Math.max(nesting, depth);
    } else if (closing.has(character)) {
      depth = Math.max(0, depth - 1);
    }
    index = findRunEnd(text, findTokenEnd(text, index, character), blanks);
  }
  return { tokens, nesting };
}

/** The place behind a token. */
function findTokenEnd(text: string, start: number, first: string): number {
  if (first === '"')
    return text.startsWith('"""', start) ? findBlockEnd(text, start + 3) : findStringEnd(text, start + 1);
  if (first === '#') return findRunEnd(text, start, comment);
  // Signs are one character long, but for the dots of a fragment.
  if (text.startsWith('...', start)) return start + 3;
  return Math.max(start + 1, findRunEnd(text, start, /[\d-]/.test(first) ? number : name));
}

function findRunEnd(text: string, start: number, run: RegExp): number {
  run.lastIndex = start;
  run.test(text);
  return run.lastIndex;
}

/** The place behind a string, or where its line ends: the parser refuses one that is not closed. */
function findStringEnd(text: string, from: number): number {
  for (let index = from; index < text.length; index += 1) {
    const character = text[index];
    if (character === '"') return index + 1;
    if (character === '\n' || character === '\r') return index;
    if (character === '\\') index += 1;
  }
  return text.length;
}

/** The place behind a block string, in which `\"""` is text. */
function findBlockEnd(text: string, from: number): number {
  let end = text.indexOf('"""', from);
  while (end > 0 && text[end - 1] === '\\') end = text.indexOf('"""', end + 3);
  return end === -1 ? text.length : end + 3;
}
