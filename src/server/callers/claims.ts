import type { JWTPayload } from 'jose';
import { isJsonObject } from '../../rest/json.ts';

/** In a claim of sources: all of them. */
const allSources = '*';

/** The scopes that a token has, by a claim of this name or else by `scope` (RFC 8693) and `scp`. */
export function readScopes(payload: JWTPayload, claim: string | undefined): ReadonlySet<string> {
  return new Set(
    claim === undefined
      ? [...namesIn(payload['scope']), ...namesIn(payload['scp'])]
      : namesIn(findClaim(payload, claim)),
  );
}

/**
 * The sources that a token is limited to; undefined for all. Where a claim is to name them, a token without it may ask
 * none.
 */
export function readSources(payload: JWTPayload, claim: string | undefined): ReadonlySet<string> | undefined {
  return claim === undefined ? undefined : sourcesOf(namesIn(findClaim(payload, claim)));
}

/** @param names of sources, or `*` */
export function sourcesOf(names: readonly string[]): ReadonlySet<string> | undefined {
  return names.includes(allSources) ? undefined : new Set(names);
}

/** A text with spaces between names, or a list of them. */
export function namesIn(value: unknown): string[] {
  const texts: unknown[] = Array.isArray(value) ? value : [value];
  return texts.flatMap((text) =>
    typeof text === 'string' ? text.split(' ').filter((name) => name !== '') : [],
  );
}

/** A claim by its name, which may have dots in it, or by its path: `realm_access.roles`. */
function findClaim(payload: JWTPayload, name: string): unknown {
  if (Object.hasOwn(payload, name)) return payload[name];
  return name
    .split('.')
    .reduce<unknown>(
      (value, key) => (isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined),
      payload,
    );
}
