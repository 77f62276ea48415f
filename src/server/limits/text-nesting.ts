/**
 * How many brackets of a document stand within each other, whatever their kind. The text need not be GraphQL. What is
 * in strings and comments does not count.
 */
export function measureNesting(text: string): number {
  let deepest = 0;
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    switch (text[index]) {
      case '{':
      case '[':
      case '(':
        depth += 1;
        deepest = Math.max(deepest, depth);
        break;
      case '}':
      case ']':
      case ')':
        depth = Math.max(0, depth - 1);
        break;
      case '#':
        index = findLineEnd(text, index);
        break;
      case '"':
        index = text.startsWith('"""', index)
          ? findBlockEnd(text, index + 3)
          : findStringEnd(text, index + 1);
        break;
    }
  }
  return deepest;
}

function findLineEnd(text: string, from: number): number {
  for (let index = from; index < text.length; index += 1)
    if (text[index] === '\n' || text[index] === '\r') return index;
  return text.length;
}

/** The last character of a string, or where its line ends: the parser refuses one that is not closed. */
function findStringEnd(text: string, from: number): number {
  for (let index = from; index < text.length; index += 1) {
    const character = text[index];
    if (character === '"' || character === '\n' || character === '\r') return index;
    if (character === '\\') index += 1;
  }
  return text.length;
}

/** The last character of a block string, in which `\"""` is text. */
function findBlockEnd(text: string, from: number): number {
  let end = text.indexOf('"""', from);
  while (end > 0 && text[end - 1] === '\\') end = text.indexOf('"""', end + 3);
  return end === -1 ? text.length : end + 2;
}
