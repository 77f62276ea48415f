import type { FastifyReply, FastifyRequest } from 'fastify';
import { findNearest } from '../config/nearest.ts';
import { quoteInput } from '../graph/ids.ts';
import { isJsonObject } from '../rest/json.ts';
import type { Refusals } from './refusals.ts';

const known = ['query', 'operationName', 'variables', 'extensions', 'documentId'];

/** Refuses bodies with keys that mean nothing here: whoever sends one expects something of it. */
export function createBodyCheck(refusals: Refusals) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    const { body } = request;
    const unknown = isJsonObject(body) ? Object.keys(body).find((key) => !known.includes(key)) : undefined;
    if (unknown === undefined) return undefined;
    const nearest = findNearest(unknown.slice(0, 100), known);
    const suggestion = nearest === undefined ? '' : ` Did you mean ${nearest}?`;
    return refusals.send(
      request,
      reply.code(400),
      'BAD_REQUEST',
      `The body has ${quoteInput(unknown)}, which is not known here.${suggestion} Known are ${known.join(', ')}.`,
    );
  };
}
