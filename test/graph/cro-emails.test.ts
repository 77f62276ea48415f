import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readEmails } from '../../src/providers/cro/emails.ts';
import { search } from '../lists/support/search-page.ts';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { startStubServer, type RecordingServer } from '../support/recording-server.ts';
import { entryFor } from '../support/sources.ts';

let email: unknown;
let stub: RecordingServer;

beforeAll(async () => {
  stub = await startStubServer(({ pathname }) => {
    const customer = {
      id: 1,
      name: 'Harbour',
      contacts: [{ id: 2, email }],
      locations: [{ location_id: 3 }],
    };
    if (pathname === '/customers')
      return { body: { current_page: 1, current_limit: 100, results: [customer], total_count: 1 } };
    return { body: pathname === '/locations/3' ? { id: 3, contact: { email } } : customer };
  });
});

afterAll(() => stub.close());

describe.each(['undici', 'fetch'])('e-mail addresses of CRO over %s', (transport) => {
  let product: TestProduct;

  beforeAll(async () => {
    product = await startTestProduct({ cro: entryFor.cro(stub.url, { transport }) });
  });

  afterAll(() => product.close());

  it('are read from a text with names, and the text stays', async () => {
    email = 'a@x.example; "Doe, J" <c@x.example>';
    const { data, errors } = await product.query(`{
      customer(id: "cro:1") {
        contacts { emailAddresses ... on CroContact { email } }
        ... on CroCustomer { locations { location { contact { emailAddresses email } } } }
      }
    }`);
    const contact = { emailAddresses: ['a@x.example', 'c@x.example'], email };
    expect({ data, errors }).toEqual({
      data: { customer: { contacts: [contact], locations: [{ location: { contact } }] } },
      errors: [],
    });
  });

  it('are what a search compares with', async () => {
    email = 'a@x.example; "Doe, J" <harbour@x.example>';
    const { edges } = await search(product, { text: 'harbour@x.example' });
    expect(edges.map(({ score, matchedField }) => [score, matchedField])).toEqual([[1, 'EMAIL']]);
  });
});

describe('the addresses in a text', () => {
  it.each([
    ['commas', 'a@x.example, b@x.example,c@x.example', ['a@x.example', 'b@x.example', 'c@x.example']],
    [
      'blanks and line ends',
      ' a@x.example b@x.example\r\n\tc@x.example\n',
      ['a@x.example', 'b@x.example', 'c@x.example'],
    ],
    ['stray separators', ';,a@x.example;;, ,b@x.example;', ['a@x.example', 'b@x.example']],
    [
      'separators of other scripts',
      'a@x.example，b@x.example；c@x.example',
      ['a@x.example', 'b@x.example', 'c@x.example'],
    ],
    ['a separator in a name', '"Doe; J, jr" <a@x.example>; b@x.example', ['a@x.example', 'b@x.example']],
    [
      'a quote in a name',
      String.raw`"Doe, \"J\"; K" <a@x.example>, b@x.example`,
      ['a@x.example', 'b@x.example'],
    ],
    ['an address in a name', '"a@x.example" <b@x.example>', ['b@x.example']],
    ['a name without quotes', 'Doe, J <a@x.example>; R. Roe b@x.example', ['a@x.example', 'b@x.example']],
    [
      'entries without a separator',
      'J <a@x.example> K <b@x.example> c@x.example',
      ['a@x.example', 'b@x.example', 'c@x.example'],
    ],
    [
      'a name on the line behind an address',
      'a@x.example\nR. Roe <b@x.example>',
      ['a@x.example', 'b@x.example'],
    ],
    [
      'comments',
      'a@x.example (home; or (at, night) b@x.example), c@x.example',
      ['a@x.example', 'c@x.example'],
    ],
    [
      'a group',
      'Desk: a@x.example, "Doe, J" <b@x.example>; c@x.example',
      ['a@x.example', 'b@x.example', 'c@x.example'],
    ],
    ['an empty group', 'undisclosed-recipients:;', []],
    ['encoded words', '=?utf-8?Q?J=C3=B6rg=2C_x?= <a@x.example>', ['a@x.example']],
    ['letters outside ASCII', 'Jörg <jörg@müller.example>', ['jörg@müller.example']],
    ['a quoted local part', '"a, b"@x.example; c@x.example', ['"a, b"@x.example', 'c@x.example']],
    ['a domain in brackets', 'a@[192.0.2.1]', ['a@[192.0.2.1]']],
    ['links', 'mailto:a@x.example, b@x.example <mailto:b@x.example>', ['a@x.example', 'b@x.example']],
    ['a sentence', 'Write to a@x.example.', ['a@x.example']],
    ['a quote that is never closed', '"Doe, J <a@x.example>, b@x.example', ['a@x.example', 'b@x.example']],
    [
      'characters that cannot be seen',
      '\ufeffa@x.example\u200b;\u00a0b@x.example',
      ['a@x.example', 'b@x.example'],
    ],
    ['repeats', 'a@x.example, J <a@x.example>', ['a@x.example']],
    ['no address', 'n/a, none; "x" <y> @ a@ @x a@b@c ?', []],
  ])('with %s', (_what, text, expected) => {
    expect(readEmails(text)).toEqual(expected);
  });

  it.each([
    '"',
    '(',
    '<',
    ':',
    ',',
    '@',
    '\\',
    '"a\\',
    'a@',
    'a:b;',
    '(a@x ',
    '<(',
    'a',
    'a@x.',
    '"(<:,;>)"\\',
  ])('are looked for in 100 kB of %j in a time that grows with the length only', (part) => {
    // With a time that grows with its square this takes far longer than a test may.
    const text = part.repeat(Math.ceil(100_000 / part.length));
    for (let count = 0; count < 3; count += 1)
      expect(readEmails(text).every((found) => found.includes('@'))).toBe(true);
  });
});
