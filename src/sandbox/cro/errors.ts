import type { FastifyReply } from 'fastify';

/** Why a request is refused, and by which model of the documentation. */
export interface CroRefusal {
  readonly status: number;
  /** e.g. ListCustomersQueryParamsModel */
  readonly model: string;
  readonly field: string;
  /** One sentence of ASCII: it goes into the reason phrase. */
  readonly message: string;
}

const explanations: Readonly<Record<number, string>> = {
  400: 'The request does not fit the model.',
  401: 'The request carries no valid access token.',
  403: 'The access token is not for this tenant.',
  404: 'There is nothing at this address.',
  405: 'The sandbox is read-only.',
  406: 'This version of the API does not exist.',
};

export class CroRequestError extends Error {
  override readonly name = 'CroRequestError';
  readonly refusal: CroRefusal;

  constructor(refusal: CroRefusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

export function refuse(reply: FastifyReply, { status, model, field, message }: CroRefusal): FastifyReply {
  // CRO tells the cause in the reason phrase of the status line.
  reply.raw.statusMessage = `${model}.${field}: ${message}`;
  return reply
    .code(status)
    .send({ field, detail: message, explanation: explanations[status] ?? 'The request failed.' });
}
