import { createPublicKey } from 'node:crypto';
import { z } from 'zod';
import { parseSubnet } from '../rest/authority.ts';
import { apiUrl } from '../rest/credentials/settings.ts';
import { networkKeys } from '../rest/network-settings.ts';
import { plainText, secretText, sendableText } from '../rest/setting-texts.ts';
import { isOpenToNetwork } from '../rest/urls.ts';

const scopeName = () =>
  plainText().regex(
    /^[\x21\x23-\x5b\x5d-\x7e]+$/,
    'expected the name of a scope, without spaces, or * for every caller that is known',
  );

/** What the classes of guarded fields are called in tokens. */
const scopeNames = z
  .strictObject({
    bank: scopeName().optional().describe('Bank accounts, mandates, payment cards.'),
    finance: scopeName().optional().describe('Tax and credit data.'),
    personal: scopeName().optional().describe('Names, addresses, e-mail, telephone, notes.'),
  })
  .optional();

/** What holds however callers show who they are. */
const callerKeys = {
  scopes: scopeNames,
  anonymous: z
    .boolean()
    .optional()
    .describe('Whether callers that do not say who they are are let in, to what is not guarded.'),
};

const algorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
] as const;

/** Never shown: it may be the private one. */
const publicKey = plainText()
  .refine(isPublicKey, 'expected a public key in PEM: -----BEGIN PUBLIC KEY-----')
  .meta({ secret: true });

const issuerKeys = {
  issuer: sendableText(),
  audience: sendableText(),
  jwksUrl: apiUrl()
    .refine((url) => !isOpenToNetwork(url), 'expected https: plain http is for loopback hosts only')
    .optional(),
  publicKeys: z.array(publicKey).min(1).max(10).optional().describe('In place of jwksUrl.'),
  algorithms: z.array(z.enum(algorithms)).min(1).optional().describe('By which tokens may be signed.'),
  clockToleranceSeconds: z.int().min(0).max(300).optional().describe('By which clocks may differ.'),
  scopesClaim: plainText().min(1).optional().describe('In place of scope and scp.'),
  sourcesClaim: plainText().min(1).optional().describe('The claim that names the sources a caller may ask.'),
  ...networkKeys,
};

/** For `superRefine` of the settings of an issuer. */
function checkKeys(
  { jwksUrl, publicKeys }: { readonly jwksUrl?: unknown; readonly publicKeys?: unknown },
  context: z.core.$RefinementCtx,
): void {
  if ((jwksUrl === undefined) === (publicKeys === undefined))
    context.addIssue({
      code: 'custom',
      path: ['jwksUrl'],
      message:
        jwksUrl === undefined
          ? "expected the URL of the issuer's key set, or publicKeys"
          : 'expected either jwksUrl or publicKeys, not both',
    });
}

const furtherIssuer = z.strictObject(issuerKeys).superRefine(checkKeys);

/** An issuer of tokens. */
export type IssuerSettings = z.output<typeof furtherIssuer>;

const address = plainText().refine(
  (text) => parseSubnet(text) !== undefined,
  'expected an IP address or a network such as 10.0.0.0/8',
);

const headerName = () =>
  plainText()
    .regex(/^[\w-]+$/, 'expected the name of a header')
    .toLowerCase();

/** Who callers are. */
export const callerSettings = z.discriminatedUnion('mode', [
  z.strictObject({
    mode: z.literal('none'),
    exposed: z.boolean().default(false).describe('Anyone on the network may query.'),
  }),
  z
    .strictObject({
      mode: z.literal('jwt'),
      ...issuerKeys,
      issuers: z.array(furtherIssuer).max(20).optional().describe('Further issuers.'),
      ...callerKeys,
    })
    .superRefine(checkKeys),
  z.strictObject({
    mode: z.literal('trusted-header'),
    from: z.array(address).min(1).describe('Addresses and networks of the gateway.'),
    secret: secretText().min(16, 'expected at least 16 characters').describe('What the gateway sends.'),
    secretHeader: headerName().default('x-gateway-secret'),
    subjectHeader: headerName().default('x-caller'),
    scopesHeader: headerName().default('x-caller-scopes'),
    sourcesHeader: headerName().optional(),
    ...callerKeys,
  }),
]);

export type CallerSettings = z.output<typeof callerSettings>;

function isPublicKey(pem: string): boolean {
  if (!/^-----BEGIN (RSA )?PUBLIC KEY-----/.test(pem)) return false;
  try {
    createPublicKey(pem);
    return true;
  } catch {
    return false;
  }
}
