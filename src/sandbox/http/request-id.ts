import { randomUUID } from 'node:crypto';
import type { FastifyRequest } from 'fastify';

/** The id that the client gave to the request in `x-request-id`, or a new one. */
export function requestIdOf(request: FastifyRequest): string {
  const sent = request.headers['x-request-id'];
  return typeof sent === 'string' && /^[\w-]{1,64}$/.test(sent) ? sent : randomUUID();
}
