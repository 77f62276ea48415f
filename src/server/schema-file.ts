import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { GraphQLError } from 'graphql';
import { z } from 'zod';
import type { CallerCheck } from './callers/caller-check.ts';
import type { Refusals } from './refusals.ts';

/** How a caller is refused over HTTP. */
const refusal = z.object({ status: z.int(), headers: z.map(z.string(), z.string()) });

/** The wait for a token issuer's keys. */
const longestCheckMs = 5_000;

export interface SchemaFile {
  readonly sdl: string;
  /** Whether the schema may be told. */
  readonly introspection: boolean;
  readonly checkCaller: CallerCheck;
  readonly refusals: Refusals;
}

/** Serves the SDL for clients at `/schema.graphql`, to whoever may ask for it by introspection. */
export function registerSchemaFile(
  app: FastifyInstance,
  { sdl, introspection, checkCaller, refusals }: SchemaFile,
): void {
  const url = '/schema.graphql';
  // OPTIONS is answered before: see cors.ts.
  app.route({ url, method: ['GET', 'OPTIONS'], config: { isPublic: true }, handler: send });

  async function send(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    try {
      await checkCaller(request.raw, AbortSignal.timeout(longestCheckMs));
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      const { status, headers } = refusal.parse(error.extensions['http']);
      reply.code(status).headers(Object.fromEntries(headers));
      return refusals.send(request, reply, 'UNAUTHENTICATED', error.message);
    }
    if (!introspection)
      return refusals.send(
        request,
        reply.code(403),
        'BAD_REQUEST',
        'This server does not tell its schema: introspection is off.',
      );
    return reply.type('application/graphql; charset=utf-8').send(sdl);
  }
}
