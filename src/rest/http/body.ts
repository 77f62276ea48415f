import { MIMEType, promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import type { TransportResponse } from './transport.ts';

/** The body of an answer cannot be used; `message` says why without quoting it. */
export class BodyError extends Error {
  override readonly name = 'BodyError';
  /** Whether a second call may bring a better one. */
  readonly isTransient: boolean;

  constructor(
    message: string,
    { cause, isTransient = false }: { readonly cause?: unknown; readonly isTransient?: boolean } = {},
  ) {
    super(message, { cause });
    this.isTransient = isTransient;
  }
}

const inflaters = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
};

/** What `readJsonText` can undo. */
export const acceptedEncodings = 'gzip, br';

/**
 * Reads the text of a JSON answer. The cap holds for the bytes that came over the wire and again for what they
 * inflate to.
 *
 * @throws BodyError when it is too large, not JSON by its media type, or in an encoding or charset that cannot be undone
 */
export async function readJsonText(response: TransportResponse, maxBytes: number): Promise<string> {
  try {
    const charset = readJsonCharset(response.header('content-type'));
    const bytes = await readBytes(response, maxBytes);
    return decodeText(await inflateBytes(bytes, response.header('content-encoding'), maxBytes), charset);
  } catch (error) {
    if (error instanceof BodyError) await response.discard();
    throw error;
  }
}

/** The charset of a JSON media type; an answer without a media type is tried as UTF-8. */
function readJsonCharset(contentType: string | undefined): string {
  if (contentType === undefined) return 'utf-8';
  const { essence, params } = parseMediaType(contentType);
  if (!/^(application|text)\/([\w.-]+\+)?json$/.test(essence))
    throw new BodyError('its media type is not JSON');
  return params.get('charset') ?? 'utf-8';
}

function parseMediaType(text: string): MIMEType {
  try {
    return new MIMEType(text);
  } catch (error) {
    throw new BodyError('its media type is not JSON', { cause: error });
  }
}

async function readBytes(response: TransportResponse, maxBytes: number): Promise<Buffer> {
  const announced = Number(response.header('content-length'));
  if (announced > maxBytes) throw new BodyError(`it is larger than ${maxBytes} bytes`);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body) {
    size += chunk.byteLength;
    if (size > maxBytes) throw new BodyError(`it is larger than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

async function inflateBytes(bytes: Buffer, encoding: string | undefined, maxBytes: number): Promise<Buffer> {
  const name = encoding?.trim().toLowerCase() ?? 'identity';
  if (name === 'identity' || name === '') return bytes;
  const inflateOne = Object.entries(inflaters).find(([known]) => known === name)?.[1];
  if (inflateOne === undefined) throw new BodyError('it is compressed in a way that was not offered');
  try {
    return await inflateOne(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    const isTooLarge = hasCode(error, 'ERR_BUFFER_TOO_LARGE');
    throw new BodyError(
      isTooLarge ? `it inflates to more than ${maxBytes} bytes` : 'its compression is broken',
      { cause: error },
    );
  }
}

function decodeText(bytes: Buffer, charset: string): string {
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes);
  } catch (error) {
    const isUnknown = hasCode(error, 'ERR_ENCODING_NOT_SUPPORTED');
    throw new BodyError(isUnknown ? 'its charset is not known' : 'its bytes are not in its charset', {
      cause: error,
    });
  }
}

function hasCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}
