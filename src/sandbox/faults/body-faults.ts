import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { brotliCompressSync, constants, createBrotliCompress, createGzip, gzipSync } from 'node:zlib';
import { LRUCache } from 'lru-cache';
import { createAnswer, hasContent, sendAnswer, withBody, type Answer } from './answer.ts';
import { changeAnswer, replaceAnswer, type AnswerChange, type FaultKind } from './fault-kind.ts';
import { findFields } from './fields.ts';
import { readDocument, writeDocument } from './json-document.ts';

const defaultHugeBytes = 20_000_000;
const defaultBombBytes = 100_000_000;
const chunkBytes = 65_536;

const jsonType = { 'content-type': 'application/json; charset=utf-8' };

const loginPage = `<!doctype html>
<html lang="en"><head><title>Sign in</title></head>
<body><h1>Your session has ended</h1><form method="post" action="/login"><input name="user"><input name="password" type="password"></form></body></html>
`;

/** Compressed bombs by encoding and size, the last few: making one takes longer than a client should wait. */
const bombs = new LRUCache<string, Promise<Buffer>>({ max: 8 });

export const bodyFaults = {
  'truncated-json': {
    description: 'The first half of the JSON in a complete HTTP answer.',
    prepare: changeAnswer(
      changeBody((answer) => withBody(answer, answer.body.subarray(0, Math.floor(answer.body.length / 2)))),
    ),
  },
  'wrong-media-type': {
    description: 'Status 200 with an HTML login page.',
    prepare: replaceAnswer(() =>
      createAnswer(200, { 'content-type': 'text/html; charset=utf-8' }, loginPage),
    ),
  },
  'empty-body': {
    description: 'Status 200 and the media type of JSON, without a byte of body.',
    prepare: replaceAnswer(() => createAnswer(200, jsonType)),
  },
  'no-content': { description: 'Status 204.', prepare: replaceAnswer(() => createAnswer(204, {})) },
  'huge-body': {
    description: `The true JSON, white space behind it up to bytes (${defaultHugeBytes} by default).`,
    options: ['bytes', 'isAnnounced'],
    prepare: async (call, { bytes = defaultHugeBytes, isAnnounced = false }) => {
      const { status, statusMessage, headers, body } = await call.answer();
      if (status !== 200 || body.length > bytes) return undefined;
      return async ({ response, signal }) => {
        response.writeHead(
          status,
          statusMessage,
          isAnnounced ? { ...headers, 'content-length': bytes } : headers,
        );
        await pipeline(Readable.from(createPadded(body, bytes)), response, { signal });
      };
    },
  },
  'gzip-bomb': {
    description: `A small gzip body that inflates to bytes (${defaultBombBytes} by default) of JSON.`,
    options: ['bytes'],
    prepare: prepareBomb('gzip'),
  },
  'br-bomb': {
    description: `A small Brotli body that inflates to bytes (${defaultBombBytes} by default) of JSON.`,
    options: ['bytes'],
    prepare: prepareBomb('br'),
  },
  'chained-encoding': {
    description: 'The true body compressed twice: Content-Encoding: gzip, br.',
    prepare: changeAnswer(
      changeBody((answer) =>
        withBody(answer, brotliCompressSync(gzipSync(answer.body)), { 'content-encoding': 'gzip, br' }),
      ),
    ),
  },
  'unknown-encoding': {
    description: 'The true body under Content-Encoding: x-unknown.',
    prepare: changeAnswer(
      changeBody((answer) => withBody(answer, answer.body, { 'content-encoding': 'x-unknown' })),
    ),
  },
  'latin-1': {
    description: 'Declared as ISO 8859-1 and sent so, with " Café" behind a text of every record.',
    options: ['fields'],
    prepare: sendLatin1('application/json; charset=iso-8859-1'),
  },
  'wrong-charset': {
    description: 'Like latin-1 without the declaration: the bytes are no UTF-8, which JSON has to be.',
    options: ['fields'],
    prepare: sendLatin1('application/json'),
  },
  bom: {
    description: 'The true body behind a byte order mark (EF BB BF).',
    prepare: changeAnswer(
      changeBody((answer) => withBody(answer, Buffer.concat([Buffer.of(0xef, 0xbb, 0xbf), answer.body]))),
    ),
  },
} as const satisfies Readonly<Record<string, FaultKind>>;

function changeBody(change: (answer: Answer) => Answer): AnswerChange {
  return (answer) => (hasContent(answer) ? change(answer) : undefined);
}

/** `text`, and behind it white space, which may follow any JSON, up to `bytes` bytes. */
function* createPadded(text: Buffer, bytes: number): Generator<Buffer> {
  yield text;
  const chunk = Buffer.alloc(chunkBytes, ' ');
  for (let left = bytes - text.length; left > 0; left -= chunkBytes)
    yield chunk.subarray(0, Math.min(left, chunkBytes));
}

function prepareBomb(encoding: 'gzip' | 'br'): FaultKind['prepare'] {
  return async (_call, { bytes = defaultBombBytes }) => {
    const answer = createAnswer(
      200,
      { ...jsonType, 'content-encoding': encoding },
      await findBomb(encoding, bytes),
    );
    return ({ response }) => sendAnswer(response, answer);
  };
}

/** An empty JSON list of `bytes` bytes, compressed. */
function findBomb(encoding: 'gzip' | 'br', bytes: number): Promise<Buffer> {
  const key = `${encoding} ${bytes}`;
  const bomb = bombs.get(key) ?? createBomb(encoding, bytes);
  bombs.set(key, bomb);
  return bomb;
}

function createBomb(encoding: 'gzip' | 'br', bytes: number): Promise<Buffer> {
  const brotliOptions = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MIN_QUALITY } };
  const compressor = encoding === 'gzip' ? createGzip() : createBrotliCompress(brotliOptions);
  return buffer(Readable.from(createPadded(Buffer.from('[]'), bytes)).pipe(compressor));
}

/** Puts a letter beyond ASCII into a text of every record and sends ISO 8859-1 under the given media type. */
function sendLatin1(contentType: string): FaultKind['prepare'] {
  return changeAnswer((answer, { random }, { fields }) => {
    const document = readDocument(answer);
    const isText = (_key: string, value: unknown) => typeof value === 'string';
    const isName = (key: string, value: unknown) => /name/i.test(key) && isText(key, value);
    // A name takes another word without being something else, as a date would.
    const places = [isName, isText]
      .map((accepts) => findFields(document, fields, accepts, random))
      .find(({ length }) => length > 0);
    if (places === undefined) return undefined;
    for (const { holder, key } of places) holder[key] = `${String(holder[key])} Café`;
    const text = writeDocument(document).replaceAll(
      /[^\0-\u00FF]/g,
      (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
    return withBody(answer, Buffer.from(text, 'latin1'), { 'content-type': contentType });
  });
}
