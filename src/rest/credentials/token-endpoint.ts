import { z } from 'zod';
import { parseRetryAfterSeconds } from '../http/retry-after.ts';
import type { SmallFetch } from '../http/small-fetch.ts';
import { classifyTransportError } from '../http/transport.ts';
import { cutWhiteSpace, isToken } from '../sendable.ts';
import { CredentialError } from './credential-error.ts';
import type { GrantSettings } from './settings.ts';

/** What a token endpoint has issued. */
export interface IssuedTokens {
  readonly accessToken: string;
  /** Undefined where the one that was sent stays good. */
  readonly refreshToken: string | undefined;
  readonly lifeMs: number;
}

/** Callers wait less: an answer that comes late may hold tokens that nobody would know otherwise. */
const timeoutMs = 60_000;

/** Where a token's life is not told, or is told as nothing: what the source refuses is renewed anyway. */
const assumedLifeSeconds = 300;
const leastLifeSeconds = 1;
/** Refresh tokens die when they are not used for long. */
const longestLifeSeconds = 86_400;

/**
 * Gets an access token for a refresh token (RFC 6749, section 6) or for client credentials (section 4.4): one request,
 * never repeated, since the endpoint may refuse a refresh token that it has seen before.
 *
 * @param refreshToken undefined for client credentials
 * @throws CredentialError
 */
export async function requestTokens(
  auth: GrantSettings,
  refreshToken: string | undefined,
  fetchSmall: SmallFetch,
): Promise<IssuedTokens> {
  await rehearse();
  const { headers, form } = describeGrant(auth, refreshToken);
  const response = await fetchSmall(auth.tokenUrl, {
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: new URLSearchParams(form).toString(),
    signal: AbortSignal.timeout(timeoutMs),
  }).catch((cause: unknown) => {
    throw describeTransportFailure(cause);
  });
  const body: unknown = await response.json().catch(() => undefined);
  if (response.status !== 200) throw describeStatus(response, body);
  return readTokens(body);
}

interface Grant {
  readonly headers: Record<string, string>;
  readonly form: Record<string, string>;
}

function describeGrant(auth: GrantSettings, refreshToken: string | undefined): Grant {
  const { clientId, clientSecret, scope } = auth;
  const grant =
    refreshToken === undefined
      ? { grant_type: 'client_credentials' }
      : { grant_type: 'refresh_token', refresh_token: refreshToken };
  const audience = auth.type === 'clientCredentials' ? auth.audience : undefined;
  const form = {
    ...grant,
    ...(scope === undefined ? {} : { scope }),
    ...(audience === undefined ? {} : { audience }),
  };
  if (auth.type === 'clientCredentials' && auth.clientAuth === 'header') {
    const user = [clientId, clientSecret].map(encodeFormText).join(':');
    return { headers: { authorization: `Basic ${Buffer.from(user).toString('base64')}` }, form };
  }
  return { headers: {}, form: { ...form, client_id: clientId, client_secret: clientSecret } };
}

/** As RFC 6749, 2.3.1 wants ids and secrets in a header. */
function encodeFormText(text: string): string {
  return new URLSearchParams({ text }).toString().slice('text='.length);
}

/**
 * What is used for the first time takes up to 30 ms in Node.js: a process that is killed meanwhile would lose the tokens
 * that it has been sent. So an answer is read before there is one.
 */
async function rehearse(): Promise<void> {
  readTokens(await new Response('{"access_token":"-","token_type":"bearer","expires_in":1}').json());
}

/** Where the fields of an answer are of no use they are taken for missing. */
const tokenAnswer = z.object({
  access_token: z.string().transform(cutWhiteSpace).refine(isToken),
  token_type: z
    .string()
    .regex(/^bearer$/i)
    .optional(),
  refresh_token: z.string().min(1).optional().catch(undefined),
  expires_in: z.coerce.number().positive().optional().catch(undefined),
});

function readTokens(body: unknown): IssuedTokens {
  const { data, error } = tokenAnswer.safeParse(body);
  if (error !== undefined) {
    const isUnsendable = error.issues.some(
      ({ path, code }) => path[0] === 'access_token' && code === 'custom',
    );
    const what = isUnsendable ? 'an access token that cannot be sent' : 'an answer that cannot be used';
    throw new CredentialError('UPSTREAM_UNAUTHORIZED', `the token endpoint gives ${what}`);
  }
  const lifeSeconds = data.expires_in ?? assumedLifeSeconds;
  return {
    accessToken: data.access_token,
    refreshToken: data.refresh_token,
    lifeMs: Math.min(Math.max(lifeSeconds, leastLifeSeconds), longestLifeSeconds) * 1_000,
  };
}

function describeTransportFailure(cause: unknown): CredentialError {
  const isTimeout = cause instanceof Error && cause.name === 'TimeoutError';
  const reason = isTimeout ? `no answer in time` : classifyTransportError(cause).reason;
  return new CredentialError('UPSTREAM_UNAVAILABLE', `the token endpoint cannot be reached (${reason})`, {
    cause,
  });
}

/** Statuses 4xx that say nothing of the request. */
const passingStatuses: ReadonlySet<number> = new Set([408, 425]);
/** Codes of errors that say nothing of it, whatever their status. */
const passingErrors: ReadonlySet<string> = new Set(['temporarily_unavailable', 'server_error']);

function describeStatus({ status, headers }: Response, body: unknown): CredentialError {
  const retryAfterSeconds = parseRetryAfterSeconds(headers.get('retry-after') ?? undefined, Date.now());
  const error = errorOf(body);
  if (status === 429)
    return new CredentialError('UPSTREAM_RATE_LIMITED', 'the token endpoint answers 429', {
      retryAfterSeconds,
    });
  if (status >= 500 || passingStatuses.has(status) || passingErrors.has(error ?? ''))
    return new CredentialError('UPSTREAM_UNAVAILABLE', `the token endpoint answers ${status}`, {
      retryAfterSeconds,
    });
  if (status < 400)
    return new CredentialError(
      'UPSTREAM_UNAUTHORIZED',
      `the token endpoint answers ${status}, not with tokens`,
    );
  return new CredentialError(
    'UPSTREAM_UNAUTHORIZED',
    `the token endpoint refuses: ${error ?? 'unknown error'} (status ${status})`,
    { isLasting: true, isGrantRefused: error === 'invalid_grant' },
  );
}

/** The endpoint's own code (RFC 6749, 5.2) where it has the form of one. */
function errorOf(body: unknown): string | undefined {
  return z.object({ error: z.string().regex(/^[a-z_]{1,40}$/) }).safeParse(body).data?.error;
}
