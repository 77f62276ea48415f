import { fastify, type FastifyInstance } from 'fastify';
import type { SandboxApi } from '../sandbox-api.ts';
import type { Party, World } from '../world/index.ts';

const token = 'sandbox.acme.token';

function createClient(party: Party, index: number): Record<string, unknown> {
  const [address] = party.addresses;
  return {
    id: index + 1,
    company_name: `Acme client ${party.key}`,
    account_code: `AC${party.key}`,
    live: index % 5 !== 4,
    registered_office:
      address === undefined
        ? null
        : { id: index + 1, street: `${index + 1} High Street`, town: 'Leeds', country: 'GB' },
    people: party.people.map(({ email }, number) => ({
      id: index * 100 + number + 1,
      full_name: `Person ${number + 1}`,
      mail: email,
    })),
    depot_id: (index % 3) + 1,
    credit_limit: 1_000.5 + index,
    created: '2024-02-29T10:00:00Z',
    modified: '2025-11-05T08:30:00Z',
  };
}

function createApp({ parties }: World): FastifyInstance {
  const clients = new Map(
    parties.slice(0, 50).map((party, index) => [String(index + 1), createClient(party, index)]),
  );
  const app = fastify();
  app.addHook('onRequest', async ({ headers }, reply) => {
    if (headers.authorization !== `Bearer ${token}`) return reply.code(401).send({ error: 'Who is there?' });
    return headers['x-acme-region'] === 'eu' ? undefined : reply.code(400).send({ error: 'No such region.' });
  });
  app.get<{ Querystring: { ids?: string } }>('/v2/clients', async ({ query: { ids = '' } }) =>
    ids.split(',').flatMap((id) => clients.get(id) ?? []),
  );
  app.get<{ Params: { id: string } }>(
    '/v2/clients/:id',
    async ({ params: { id } }, reply) => clients.get(id) ?? reply.code(404).send({}),
  );
  app.get<{ Params: { id: string } }>('/v2/depots/:id', async ({ params: { id } }) => ({
    id: Number(id),
    name: `Depot ${id}`,
  }));
  return app;
}

export const sandboxApi: SandboxApi = {
  provider: 'acme',
  port: 4104,
  createApp,
  settings: (url) => ({ baseUrl: `${url}/v2`, auth: { type: 'bearer', token } }),
};
