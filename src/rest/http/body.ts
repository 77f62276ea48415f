import { MIMEType, promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import { BodyError, tooLarge, type ResponseHead, type TransportResponse } from './transport.ts';

const inflaters = new Map([
  ['gzip', promisify(gunzip)],
  ['x-gzip', promisify(gunzip)],
  ['deflate', promisify(inflate)],
  ['br', promisify(brotliDecompress)],
]);

/** What `readJsonText` can undo. */
export const acceptedEncodings = 'gzip, br';

/** @throws BodyError when the headers of an answer tell already that its body cannot be used */
export function checkJsonHead({ header }: ResponseHead, maxBytes: number): void {
  readJsonCharset(header('content-type'));
  if (Number(header('content-length')) > maxBytes) throw tooLarge(maxBytes);
}

/**
 * Reads the text of a JSON answer. The cap holds for what it inflates to, as it did for the bytes that came over the wire.
 *
 * @throws BodyError when it is in an encoding or charset that cannot be undone, or too large
 */
export function readJsonText(response: TransportResponse, maxBytes: number): string | Promise<string> {
  const { bytes, header } = response;
  const charset = readJsonCharset(header('content-type'));
  const encoding = header('content-encoding')?.trim().toLowerCase() ?? '';
  if (encoding === 'identity' || encoding === '') return decodeText(bytes, charset);
  return inflateBytes(bytes, encoding, maxBytes).then((inflated) => decodeText(inflated, charset));
}

/** What nearly every answer has. */
const usualTypes: ReadonlySet<string> = new Set(['application/json', 'application/json; charset=utf-8']);

/** The charset of a JSON media type; an answer without a media type is tried as UTF-8. */
function readJsonCharset(contentType: string | undefined): string {
  if (contentType === undefined || usualTypes.has(contentType)) return 'utf-8';
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

async function inflateBytes(bytes: Buffer, encoding: string, maxBytes: number): Promise<Buffer> {
  const inflateOne = inflaters.get(encoding);
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

const utf8 = new TextDecoder('utf-8', { fatal: true });

function decodeText(bytes: Buffer, charset: string): string {
  try {
    const decoder = charset === 'utf-8' ? utf8 : new TextDecoder(charset, { fatal: true });
    return decoder.decode(bytes);
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
