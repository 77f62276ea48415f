import { z } from 'zod';
import { allowPlainHttp, checkNetwork, networkKeys } from '../network-settings.ts';
import {
  headerName,
  httpUrl,
  plainText,
  queryName,
  secretOrEmpty,
  secretText,
  secretToken,
  sendableText,
} from '../setting-texts.ts';
import { hasQueryOrFragment } from '../urls.ts';
import { findTokenFileProblem } from './token-file.ts';

/** The URL of an API, or of a token endpoint. Whether it may be plain http depends on other settings. */
export function apiUrl() {
  return httpUrl().refine((url) => !hasQueryOrFragment(url), 'expected a URL without query and fragment');
}

const bearer = z.strictObject({
  type: z.literal('bearer'),
  token: secretToken().describe('Sent as `authorization: Bearer …`.'),
});

const oauth2 = z.strictObject({
  type: z.literal('oauth2'),
  tokenUrl: apiUrl(),
  clientId: sendableText(),
  clientSecret: secretText(),
  refreshToken: secretToken().describe('The first one; a rotated one is kept in `tokenFile`.'),
  tokenFile: plainText()
    .min(1)
    .superRefine((file, context) => {
      const problem = findTokenFileProblem(file);
      if (problem !== undefined) context.addIssue(problem);
    })
    .optional()
    .describe('File that keeps the newest tokens across restarts.'),
  scope: sendableText().optional(),
});

const clientCredentials = z.strictObject({
  type: z.literal('clientCredentials'),
  tokenUrl: apiUrl(),
  clientId: sendableText(),
  clientSecret: secretText(),
  clientAuth: z
    .enum(['body', 'header'])
    .default('body')
    .describe('Where client id and secret go: into the form, or into an `authorization: Basic` header.'),
  scope: sendableText().optional(),
  audience: sendableText().optional().describe('The API that the token is for, where the server asks that.'),
});

const apiKey = z
  .strictObject({
    type: z.literal('apiKey'),
    key: secretText(),
    header: headerName().optional().describe('Header that has the key.'),
    query: queryName().optional().describe('Query parameter that has the key.'),
  })
  .superRefine(({ header, query }, context) => {
    if ((header === undefined) === (query === undefined))
      context.addIssue('expected either header or query, which names where the key goes');
  });

const basic = z.strictObject({
  type: z.literal('basic'),
  // May be a key.
  username: secretText().refine((name) => !name.includes(':'), 'expected a user name without ":"'),
  password: secretOrEmpty(),
});

const forward = z.strictObject({
  type: z.literal('forward').describe("Passes on the caller's own `x-<source>-authorization` header."),
});

const shared = z.strictObject({
  type: z.literal('shared'),
  credential: plainText().min(1).describe('One of `credentials`, which other sources may use as well.'),
});

/** How a source proves who it is to the REST API. */
export const authSettings = z.discriminatedUnion('type', [
  bearer,
  apiKey,
  basic,
  clientCredentials,
  oauth2,
  forward,
  shared,
]);

const endpointKeys = { ...networkKeys, allowPlainHttp };

/** A credential that several sources share. */
export const credentialSettings = z
  .discriminatedUnion('type', [bearer, clientCredentials.extend(endpointKeys), oauth2.extend(endpointKeys)])
  .superRefine(checkNetwork, { when: () => true });

export type AuthSettings = z.output<typeof authSettings>;
export type CredentialSettings = z.output<typeof credentialSettings>;
export type BearerSettings = z.output<typeof bearer>;
export type ApiKeySettings = z.output<typeof apiKey>;
export type BasicSettings = z.output<typeof basic>;
export type OAuth2Settings = z.output<typeof oauth2>;
/** How access tokens are got from a token endpoint. */
export type GrantSettings = OAuth2Settings | z.output<typeof clientCredentials>;
