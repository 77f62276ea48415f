import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import type { OAuth2Settings } from '../../src/rest/credentials/settings.ts';
import type { restSettings } from '../../src/rest/settings.ts';
import type { RecordingServer, StubAnswer } from '../support/recording-server.ts';
import { createTestClient, secrets, startStub, type TestClient } from './test-client.ts';

/** An API that takes the newest access token only, and the token endpoint that issues them. */
export interface Site {
  readonly api: RecordingServer;
  readonly endpoint: RecordingServer;
  /** Settings of a sign-in, without a refresh token. */
  readonly auth: Omit<OAuth2Settings, 'refreshToken'>;
  /** The forms that the token endpoint was sent. */
  readonly grants: URLSearchParams[];
  /** Makes the API refuse the tokens issued so far. */
  revoke(): void;
  /** Called with each call to the API, before it is answered. */
  onCall(look: () => void): void;
  connect(auth?: Partial<OAuth2Settings>, settings?: Partial<z.input<typeof restSettings>>): TestClient;
}

/** @param issue what the token endpoint adds to, or gives in place of, its usual answer to the n-th call */
export async function startSite(
  issue: (count: number, grant: URLSearchParams) => StubAnswer | Promise<StubAnswer> = () => ({}),
): Promise<Site> {
  const grants: URLSearchParams[] = [];
  let revoked = 0;
  let look = () => {};
  const endpoint = await startStub(async (_url, request) => {
    const grant = new URLSearchParams(await readText(request));
    const count = grants.push(grant);
    const { body, ...answer } = await issue(count, grant);
    const usual = { access_token: `${secrets.token}-${count}`, token_type: 'Bearer', expires_in: 3_600 };
    return { ...answer, body: typeof body === 'string' ? body : { ...usual, ...Object(body) } };
  });
  const api = await startStub((_url, { headers }) => {
    look();
    const count = Number(headers.authorization?.split(`${secrets.token}-`)[1]);
    return count > revoked ? { body: { token: count } } : { status: 401, body: secrets.body };
  });
  const auth = {
    type: 'oauth2',
    tokenUrl: `${endpoint.url}/token`,
    clientId: 'client',
    clientSecret: secrets.clientSecret,
  } as const;
  return {
    api,
    endpoint,
    auth,
    grants,
    revoke: () => void (revoked = grants.length),
    onCall: (next) => void (look = next),
    connect: (more, settings) =>
      createTestClient(api.url, 'undici', {
        auth: { ...auth, refreshToken: `${secrets.refreshToken}-0`, ...more },
        ...settings,
      }),
  };
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: string[] = [];
  for await (const chunk of request.setEncoding('utf8')) chunks.push(String(chunk));
  return chunks.join('');
}
