import { ODataError } from './odata-error.ts';

export type TokenKind = 'word' | 'string' | 'number' | 'date' | 'symbol' | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** As written; a string without its quotes. */
  readonly text: string;
  readonly position: number;
}

/** Reads tokens one after the other. */
export interface TokenReader {
  peek(): Token;
  next(): Token;
  /** Takes the next token when it is that word or symbol. */
  accept(text: string): boolean;
  /** Takes the next token, which must be that word or symbol. */
  expect(text: string): void;
  /** The error of a token that cannot stand where it stands. */
  createSyntaxError(token: Token): ODataError;
}

const patterns: readonly (readonly [TokenKind, RegExp])[] = [
  ['string', /'(?:[^']|'')*'/y],
  ['date', /\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})?)?/y],
  ['number', /-?\d+(?:\.\d+)?/y],
  ['word', /[A-Za-z_]\w*(?:[./][A-Za-z_]\w*)*/y],
  ['symbol', /[(),]/y],
];

/** Takes an expression apart. Blanks, one or many, only separate. */
export function createTokenReader(text: string): TokenReader {
  const tokens = tokenize(text);
  const end: Token = { kind: 'end', text: '', position: text.length };
  let index = 0;
  const peek = () => tokens[index] ?? end;
  const createSyntaxError = ({ kind, text: found, position }: Token) =>
    new ODataError(
      kind === 'end'
        ? `Unexpected end of '${text}'.`
        : `Syntax error at position ${position} in '${text}': '${found}'.`,
    );
  const accept = (wanted: string) => {
    const { kind, text: found } = peek();
    const isMatch = (kind === 'word' || kind === 'symbol') && found === wanted;
    if (isMatch) index += 1;
    return isMatch;
  };
  return {
    peek,
    accept,
    createSyntaxError,
    next() {
      const token = peek();
      index += 1;
      return token;
    },
    expect(wanted) {
      if (!accept(wanted)) throw createSyntaxError(peek());
    },
  };
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let position = skipBlanks(text, 0);
  while (position < text.length) {
    const token = readToken(text, position);
    if (token === undefined) throw new ODataError(`Syntax error at position ${position} in '${text}'.`);
    tokens.push(
      token.kind === 'string' ? { ...token, text: token.text.slice(1, -1).replaceAll("''", "'") } : token,
    );
    position = skipBlanks(text, position + token.text.length);
  }
  return tokens;
}

function readToken(text: string, position: number): Token | undefined {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = position;
    const [found] = pattern.exec(text) ?? [];
    if (found !== undefined) return { kind, text: found, position };
  }
  return undefined;
}

function skipBlanks(text: string, position: number): number {
  let next = position;
  while (text[next] === ' ' || text[next] === '\t') next += 1;
  return next;
}
