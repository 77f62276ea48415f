import parseMailboxes from 'nodemailer/lib/addressparser';

/**
 * The e-mail addresses in a text as people write it: with commas, semicolons, blanks or line ends between them, with
 * names, comments and groups around them. Names and whatever else is no address are left out, as are repeats.
 */
export function readEmails(text: string): string[] {
  if (plainAddress.test(text)) return [text];
  const visible = text.replace(/\p{Cf}/gu, '').replace(/[，、；]/gu, ',');
  const mailboxes = parseMailboxes(separateAddresses(withoutOpenQuote(visible)), { flatten: true });
  return [...new Set(mailboxes.map(({ address }) => trimAddress(address)).filter(isAddress))];
}

/** What nearly all texts are: one address that every step of the above would leave as it is. */
const plainAddress = /^[\w+-]+(?:\.[\w+-]+)*@[\w-]+(?:\.[\w-]+)+$/;

/** A quote that is never closed would swallow all that follows. */
function withoutOpenQuote(text: string): string {
  const quotes = text.match(/\\.|"/gsu)?.filter((found) => found === '"') ?? [];
  return quotes.length % 2 === 0 ? text : text.replaceAll('"', ' ');
}

/**
 * Puts a comma where an address ends and something follows that cannot belong to it. The grammar of mail headers, which
 * knows no other separator, would drop the one or the other. In quoted names and in comments it changes nothing.
 */
function separateAddresses(text: string): string {
  let wordStart = 0;
  return text.replaceAll('>', '>,').replace(/\s+/gu, (blank, place: number, whole: string) => {
    const word = whole.slice(wordStart, place);
    const next = whole[place + blank.length] ?? '';
    wordStart = place + blank.length;
    // What stands before `<` is a name, unless that begins another line; a comment belongs to what it follows.
    const goesOn = next === '(' || (next === '<' && !(word.includes('@') && /[\r\n]/u.test(blank)));
    return !goesOn && (word.endsWith(')') || /^[^@]+@[^@]+$/u.test(word)) ? `,${blank}` : blank;
  });
}

/** Links and sentences put something around an address. */
function trimAddress(address: string): string {
  return address.replace(/^mailto:/iu, '').replace(/(?<!\.)\.$/u, '');
}

/** `local@domain` without characters that must be quoted, or `"quoted local"@domain`, or `local@[literal]`. */
function isAddress(text: string): boolean {
  const [, domain = ''] = /^(?:"(?:[^"\\<>@]|\\.)+"|[^\s"<>()[\]:;,@\\]+)@(.+)$/u.exec(text) ?? [];
  return /^(?:[\p{L}\p{M}\p{N}_-]+(?:\.[\p{L}\p{M}\p{N}_-]+)*|\[[^\s"<>()[\]@\\]+\])$/u.test(domain);
}
