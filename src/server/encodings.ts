import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

/** How an answer may be compressed, the best first. */
const known = ['br', 'gzip'] as const;

export type Encoding = (typeof known)[number];

/**
 * The encoding in which a client is best answered; undefined for none.
 *
 * @param accepted the request's `Accept-Encoding`
 */
export function chooseEncoding(accepted: string | undefined): Encoding | undefined {
  if (accepted === undefined) return undefined;
  const qualities = new Map(accepted.split(',').map(readQuality));
  const qualityOf = (name: string) => qualities.get(name) ?? qualities.get('*') ?? 0;
  // Sorting is stable: of two that the client likes equally, the first is chosen.
  const [best] = known.toSorted((a, b) => qualityOf(b) - qualityOf(a));
  return best !== undefined && qualityOf(best) > 0 ? best : undefined;
}

/** Of `gzip;q=0.8`: the name, and how much it is liked, 0 for not at all. */
function readQuality(part: string): [string, number] {
  const [name = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
  const quality = parameters.find((text) => text.startsWith('q='));
  return [name, quality === undefined ? 1 : Number(quality.slice(2)) || 0];
}

const compressByBrotli = promisify(brotliCompress);
const compressByGzip = promisify(gzip);

/** Compresses an answer that is made once: quickly rather than as far as can be. */
export function compress(payload: string | Buffer, encoding: Encoding): Promise<Buffer> {
  if (encoding === 'gzip') return compressByGzip(payload);
  return compressByBrotli(payload, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 4,
      [constants.BROTLI_PARAM_SIZE_HINT]: Buffer.byteLength(payload),
    },
  });
}
