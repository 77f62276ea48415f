import type { FastifyInstance } from 'fastify';
import { sendAnswer } from './answer.ts';
import type { FaultControl } from './fault-board.ts';
import { refuseForeign } from './foreign-requests.ts';

/**
 * Serves the control endpoint of each API at `/sandbox/faults/<provider>` of another server: the page of that server may
 * ask no other address.
 */
export function addFaultRoutes(app: FastifyInstance, faults: Readonly<Record<string, FaultControl>>): void {
  for (const [provider, control] of Object.entries(faults))
    app.route({
      url: `/sandbox/faults/${provider}`,
      method: ['GET', 'PUT', 'POST', 'DELETE'],
      handler({ raw, method, body }, reply) {
        const text = body === undefined || body === null ? '' : JSON.stringify(body);
        // Refusals tell which fault is wrong, in the form of the endpoint rather than of GraphQL.
        reply.hijack();
        sendAnswer(reply.raw, refuseForeign(raw, true) ?? control.answer(method, text));
      },
    });
}
