import type { FastifyInstance } from 'fastify';
import { quoteInput } from '../graph/ids.ts';
import type { Refusals } from './refusals.ts';

/** What pages of other sites may ask for, where they may ask. */
const sharedPaths = /^\/(graphql|schema\.graphql)\/?(\?|$)/;

/** Names of headers, as a browser lists those that a page wants to send. */
const headerNames = /^[\w\-, ]{1,1000}$/;

/** Browsers ask again after two hours at the latest. */
const keptSeconds = 7_200;

/**
 * Lets pages of some origins read answers, and answers every preflight: without an origin in the list, browsers keep
 * answers from pages of other sites.
 */
export function allowOrigins(app: FastifyInstance, origins: readonly string[], refusals: Refusals): void {
  const allowed = new Set(origins);
  app.addHook('onRequest', (request, reply, done) => {
    if (!sharedPaths.test(request.url)) return done();
    const { origin, 'access-control-request-headers': wanted = '', ...headers } = request.headers;
    if (allowed.size > 0) reply.header('vary', 'origin');
    const isAllowed = origin !== undefined && allowed.has(origin);
    if (isAllowed)
      reply
        .header('access-control-allow-origin', origin)
        .header('access-control-expose-headers', 'retry-after, x-request-id');
    if (request.method !== 'OPTIONS') return done();
    reply.header('allow', 'GET, POST, OPTIONS');
    if (headers['access-control-request-method'] === undefined)
      return void refusals.send(
        request,
        reply.code(405),
        'BAD_REQUEST',
        'OPTIONS is for preflights of browsers.',
      );
    if (!isAllowed)
      return void refusals.send(request, reply.code(403), 'BAD_REQUEST', describeRefusal(origin));
    return void reply
      .code(204)
      .header('access-control-allow-methods', 'GET, POST')
      .header('access-control-allow-headers', headerNames.test(wanted) ? wanted : 'content-type')
      .header('access-control-max-age', keptSeconds)
      .send();
  });
}

function describeRefusal(origin = 'no origin'): string {
  return `Pages of ${quoteInput(origin)} may not use this server. If they are meant to, add their origin to server.cors.origins.`;
}
