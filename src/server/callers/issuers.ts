import { createPublicKey, type KeyObject } from 'node:crypto';
import { errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey, type JWTVerifyOptions } from 'jose';
import type { Logger } from 'pino';
import type { IssuerSettings } from '../../config/caller-settings.ts';
import type { ProxyChoice } from '../../rest/http/proxies.ts';
import { createRoute } from '../../rest/http/route.ts';
import { createSmallFetch } from '../../rest/http/small-fetch.ts';
import { createKeySet } from './key-set.ts';

/** An issuer of tokens, as far as they are checked. */
export interface Issuer {
  readonly settings: IssuerSettings;
  /** @throws JOSEError when the token is not good here @throws KeySetError when the issuer's keys cannot be had */
  verify(token: string): Promise<JWTPayload>;
}

/** The algorithms are named, or a token could choose a weaker one for its own check. */
const usualAlgorithms = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const;

export function createIssuer(
  settings: IssuerSettings,
  chooseProxy: ProxyChoice,
  log: Pick<Logger, 'error'>,
): Issuer {
  const options: JWTVerifyOptions = {
    issuer: settings.issuer,
    audience: settings.audience,
    algorithms: [...(settings.algorithms ?? usualAlgorithms)],
    clockTolerance: settings.clockToleranceSeconds ?? 0,
    requiredClaims: ['exp'],
  };
  if (settings.jwksUrl !== undefined) {
    const fetch = createSmallFetch(settings.jwksUrl, createRoute(settings.jwksUrl, settings, chooseProxy));
    const keys = createKeySet(settings.jwksUrl, fetch, log);
    return { settings, verify: async (token) => (await jwtVerify(token, keys, options)).payload };
  }
  const keys = (settings.publicKeys ?? []).map((pem) => createPublicKey(pem));
  return { settings, verify: (token) => verifyByAny(token, keys, options) };
}

/** By the first key that fits: without a key set nothing says which. */
async function verifyByAny(
  token: string,
  keys: readonly KeyObject[],
  options: JWTVerifyOptions,
): Promise<JWTPayload> {
  let failure: unknown = new errors.JWKSNoMatchingKey();
  for (const key of keys) {
    const findKey: JWTVerifyGetKey = ({ alg }) => {
      if (!fits(key, alg)) throw new errors.JWKSNoMatchingKey();
      return key;
    };
    try {
      return (await jwtVerify(token, findKey, options)).payload;
    } catch (error) {
      const isOtherKey =
        error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWSSignatureVerificationFailed;
      if (!isOtherKey) throw error;
      failure = error;
    }
  }
  throw failure;
}

/** By curve, for the algorithms that are bound to one. */
const curves: Readonly<Record<string, string>> = {
  ES256: 'prime256v1',
  ES384: 'secp384r1',
  ES512: 'secp521r1',
};

/** Whether an algorithm can be used with a key. */
function fits({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject, alg: string): boolean {
  switch (asymmetricKeyType) {
    case 'rsa':
      return /^[RP]S\d+$/.test(alg) && (asymmetricKeyDetails?.modulusLength ?? 0) >= 2_048;
    case 'ec':
      return curves[alg] !== undefined && curves[alg] === asymmetricKeyDetails?.namedCurve;
    case 'ed25519':
      return alg === 'EdDSA';
    default:
      return false;
  }
}
