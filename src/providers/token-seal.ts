import { createCipheriv, createDecipheriv, createHash, createHmac } from 'node:crypto';
import { maxTokenLength } from './kit/list-places.ts';
import type { ListPage, ListPlace } from './provider.ts';

/**
 * Seals the page tokens of a source's list in the places that leave this server: nobody can read them, make them, or give
 * them to another source. Every process with the same configuration has the same key.
 */
export interface TokenSeal {
  /** Whether a place has no token, or one that was sealed for this source. */
  holds(place: ListPlace): boolean;
  /** @throws TypeError for a place that is not held */
  open(place: ListPlace): ListPlace;
  sealAll(page: ListPage): ListPage;
}

const algorithm = 'aes-256-gcm';
const ivLength = 12;
const tagLength = 16;

/** Characters of a sealed token. */
export const maxSealedLength = Math.ceil(((ivLength + tagLength + maxTokenLength * 4) * 4) / 3);

/**
 * @param secret what the source signs in with: known to nobody else. Without credentials of its own a source has no secret:
 * whoever forges a token sends it with credentials that could send it anyway.
 */
export function createTokenSeal(sourceName: string, secret: string): TokenSeal {
  const key = createHash('sha256')
    .update(JSON.stringify(['list tokens', sourceName, secret]))
    .digest();

  function seal(token: string): string {
    // Equal places have equal cursors; different tokens never the same one.
    const iv = createHmac('sha256', key).update(token).digest().subarray(0, ivLength);
    const cipher = createCipheriv(algorithm, key, iv, { authTagLength: tagLength });
    const sealed = Buffer.concat([cipher.update(token, 'utf8'), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url');
  }

  function unseal(text: string): string | undefined {
    const bytes = Buffer.from(text, 'base64url');
    if (bytes.length < ivLength + tagLength) return undefined;
    const [iv, tag] = [bytes.subarray(0, ivLength), bytes.subarray(ivLength, ivLength + tagLength)];
    const decipher = createDecipheriv(algorithm, key, iv, { authTagLength: tagLength }).setAuthTag(tag);
    try {
      return (
        decipher.update(bytes.subarray(ivLength + tagLength), undefined, 'utf8') + decipher.final('utf8')
      );
    } catch {
      return undefined;
    }
  }

  const sealPlace = (place: ListPlace): ListPlace =>
    place.page === undefined ? place : { ...place, page: { ...place.page, token: seal(place.page.token) } };

  return {
    holds: ({ page }) => page === undefined || unseal(page.token) !== undefined,
    open(place) {
      if (place.page === undefined) return place;
      const token = unseal(place.page.token);
      if (token === undefined) throw new TypeError('a token that was not sealed here');
      return { ...place, page: { ...place.page, token } };
    },
    sealAll: (page) => ({
      ...page,
      rows: page.rows.map((row) => ({ ...row, after: sealPlace(row.after) })),
      end: sealPlace(page.end),
    }),
  };
}
