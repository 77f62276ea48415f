import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** A token that is good for ever, for configurations without OAuth. */
export const sandboxToken = 'sandbox.sage200.token';
export const sandboxSubscriptionKey = 'sandbox-subscription-key';
export const sandboxSiteId = '5d7c1c1e-0f5b-4b44-9a37-2f1f0a6c8e21';
export const sandboxCompanyId = 1;

const firstRefreshToken = 'sandbox-refresh-1';
const accessTokenLifeSeconds = 3600;

/** Which access tokens are good, and how new ones are had. */
export interface TokenDesk {
  isValid(accessToken: string): boolean;
  /** Trades the newest refresh token for an access token and the next refresh token; undefined for any other. */
  refresh(refreshToken: string): { readonly accessToken: string; readonly refreshToken: string } | undefined;
}

export function createTokenDesk(): TokenDesk {
  const accessTokens = new Set([sandboxToken]);
  let current = firstRefreshToken;
  let count = 1;
  return {
    isValid: (accessToken) => accessTokens.has(accessToken),
    refresh(refreshToken) {
      // Refresh tokens rotate: each is good once.
      if (refreshToken !== current) return undefined;
      const accessToken = `sandbox.sage200.access-${count}`;
      count += 1;
      current = `sandbox-refresh-${count}`;
      accessTokens.add(accessToken);
      return { accessToken, refreshToken: current };
    },
  };
}

/** Adds `POST /oauth/token`. It takes any client; what counts is the refresh token. */
export function addTokenEndpoint(app: FastifyInstance, desk: TokenDesk): void {
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => {
      done(null, new URLSearchParams(body.toString()));
    },
  );
  app.post('/oauth/token', async (request, reply) => {
    const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
    const refuse = (error: string) => reply.code(400).send({ error });
    if (['grant_type', 'client_id', 'client_secret', 'refresh_token'].some((name) => !form.get(name)))
      return refuse('invalid_request');
    if (form.get('grant_type') !== 'refresh_token') return refuse('unsupported_grant_type');
    const tokens = desk.refresh(form.get('refresh_token') ?? '');
    if (tokens === undefined) return refuse('invalid_grant');
    return reply.header('cache-control', 'no-store').send({
      access_token: tokens.accessToken,
      refresh_token: tokens.refreshToken,
      token_type: 'Bearer',
      expires_in: accessTokenLifeSeconds,
      scope: 'openid profile email offline_access',
    });
  });
}

/** Answers a request that may not pass; undefined lets it pass. `/sites` is read without a site and a company. */
export function checkAccess(
  request: FastifyRequest,
  reply: FastifyReply,
  desk: TokenDesk,
  isForSites: boolean,
): FastifyReply | undefined {
  const { headers } = request;
  // The gateway in front of the API looks at the key first, and is the only one to say what is wrong.
  const key = headers['ocp-apim-subscription-key'];
  if (key !== sandboxSubscriptionKey) {
    const message =
      key === undefined
        ? 'Access denied due to missing subscription key. Make sure to include subscription key when making requests to an API.'
        : 'Access denied due to invalid subscription key. Make sure to provide a valid key for an active subscription.';
    return reply.code(401).send({ statusCode: 401, message });
  }
  const [scheme = '', token = ''] = (headers.authorization ?? '').split(' ');
  const isKnown = scheme.toLowerCase() === 'bearer' && desk.isValid(token);
  // A wrong site or company is answered like a wrong token, with an empty body.
  const isAtHome = headers['x-site'] === sandboxSiteId && headers['x-company'] === String(sandboxCompanyId);
  return isKnown && (isForSites || isAtHome) ? undefined : reply.code(401).send();
}
