import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWTPayload } from 'jose';
import { startStubServer, type RecordingServer } from './recording-server.ts';

/** An issuer of tokens with one key: real HTTP on loopback for its key set. */
export interface TokenIssuer {
  /** `auth` of a configuration that trusts it. */
  readonly auth: {
    readonly mode: 'jwt';
    readonly issuer: string;
    readonly audience: string;
    readonly jwksUrl: string;
  };
  readonly server: RecordingServer;
  /** The public key. */
  readonly jwk: Readonly<Record<string, unknown>>;
  /** Signs a token that is good for five minutes, unless the claims say otherwise. */
  sign(claims?: JWTPayload): Promise<string>;
  /** The same as a header. */
  authorize(claims?: JWTPayload): Promise<{ readonly authorization: string }>;
  close(): Promise<void>;
}

export interface TokenIssuerOptions {
  readonly issuer?: string;
  readonly algorithm?: string;
  readonly kid?: string;
}

export async function startTokenIssuer({
  issuer = 'https://id.example.com/',
  algorithm = 'ES256',
  kid = 'k1',
}: TokenIssuerOptions = {}): Promise<TokenIssuer> {
  const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid, alg: algorithm, use: 'sig' };
  const server = await startStubServer(() => ({ body: { keys: [jwk] } }));
  const audience = 'customer-graph';
  const sign: TokenIssuer['sign'] = (claims = {}) =>
    signToken(
      privateKey,
      { alg: algorithm, kid },
      {
        sub: 'ada',
        iss: issuer,
        aud: audience,
        ...claims,
      },
    );
  return {
    auth: { mode: 'jwt', issuer, audience, jwksUrl: `${server.url}/jwks.json` },
    server,
    jwk,
    sign,
    authorize: async (claims) => ({ authorization: `Bearer ${await sign(claims)}` }),
    close: () => server.close(),
  };
}

function signToken(
  key: CryptoKey,
  header: { readonly alg: string; readonly kid: string },
  claims: JWTPayload,
): Promise<string> {
  const token = new SignJWT(claims).setProtectedHeader(header);
  return (claims.exp === undefined ? token.setExpirationTime('5m') : token).sign(key);
}
