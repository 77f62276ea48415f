import { z } from 'zod';
import { cutWhiteSpace, findUnsendable } from './sendable.ts';
import { hasUserInfo } from './urls.ts';

/** A text without the white space and line ends around it. */
export function plainText() {
  return z.string().overwrite(cutWhiteSpace);
}

/**
 * A text that goes into a header, a URL or a form: printable ASCII. White space and line ends around it are cut. What
 * cannot be sent is refused here, or each call would fail later and look like an outage.
 */
export function sendableText(mostCharacters = 10_000, leastCharacters = 1) {
  return plainText()
    .min(leastCharacters)
    .max(mostCharacters)
    .superRefine((text, context) => {
      const found = findUnsendable(text);
      if (found !== undefined)
        context.addIssue(`expected only printable ASCII characters: there is ${found}`);
      if (/^(["']).+\1$/.test(text)) context.addIssue('expected the value without the quotes around it');
    });
}

/** The same, never shown. */
export function secretText(mostCharacters?: number) {
  return sendableText(mostCharacters).meta({ secret: true });
}

/** A password, which may be empty: some APIs take a key as the user name alone. */
export function secretOrEmpty() {
  return sendableText(undefined, 0).meta({ secret: true });
}

/** Headers that are this product's own, or the connection's. */
const ownHeaders =
  /^(accept|accept-encoding|connection|content-.*|expect|host|if-.*|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|user-agent|x-request-id)$/i;

/** The name of a header that a secret goes into. */
export function headerName() {
  return plainText()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/, 'expected the name of a header such as x-api-key')
    .refine((name) => !ownHeaders.test(name), 'expected a header that has no meaning of its own');
}

/** The name of a query parameter that a secret goes into. */
export function queryName() {
  return plainText().regex(
    /^[A-Za-z0-9][A-Za-z0-9._~-]{0,99}$/,
    'expected the name of a query parameter such as api_key',
  );
}

/** A bearer or refresh token. */
export function secretToken() {
  return secretText()
    .refine((text) => !/^bearer\s/i.test(text), 'expected the token alone, without "Bearer " before it')
    .refine((text) => !/\s/.test(text), 'expected a token without spaces in it');
}

/** An absolute URL without user name and password, which would be shown where the URL is. */
export function httpUrl() {
  return plainText().superRefine((url, context) => {
    const found = findUnsendable(url);
    // A URL's parser drops some of them without a word.
    if (found !== undefined)
      return context.addIssue(`expected a URL of printable ASCII characters: there is ${found}`);
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
      return context.addIssue('expected an http or https URL');
    if (hasUserInfo(url)) context.addIssue('expected a URL without user name and password');
  });
}
