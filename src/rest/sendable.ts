/** White space and line ends at both ends: no header, URL or form field needs them, and files end with one. */
export function cutWhiteSpace(text: string): string {
  return text.replaceAll(/^[ \t\r\n\f\v]+|[ \t\r\n\f\v]+$/g, '');
}

/** Characters that nobody sees in an editor, and what brings them. */
const invisible: Readonly<Record<number, string>> = {
  0x09: 'a tab',
  0x0a: 'a line end',
  0x0d: 'a line end',
  0xa0: 'a no-break space',
  0x200b: 'a zero-width space',
  0x200c: 'a zero-width character',
  0x200d: 'a zero-width character',
  0x200e: 'a writing direction mark',
  0x200f: 'a writing direction mark',
  0x2028: 'a line end',
  0x2060: 'a zero-width character',
  0xfeff: 'a byte order mark',
  0xfffd: 'a replacement character, left by another encoding than UTF-8',
};

/**
 * The first character of a text that cannot be sent in a header, a URL or a form: all but printable ASCII. Says what
 * and where it is, never what stands around it.
 *
 * @returns undefined where there is none
 */
export function findUnsendable(text: string): string | undefined {
  const index = text.search(/[^\x20-\x7e]/);
  const code = text.codePointAt(index);
  if (index < 0 || code === undefined) return undefined;
  const what = invisible[code] ?? (code < 0x20 || code === 0x7f ? 'a control character' : undefined);
  const name = what === undefined ? 'a character beyond ASCII' : `${what} (U+${toHex(code)})`;
  return `${name} at position ${index + 1}`;
}

function toHex(code: number): string {
  return code.toString(16).toUpperCase().padStart(4, '0');
}

/** Whether a text can be a bearer token: printable ASCII without spaces. */
export function isToken(text: string): boolean {
  return /^[\x21-\x7e]+$/.test(text);
}
