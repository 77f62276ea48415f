import { fastify, type FastifyInstance } from 'fastify';
import type { SandboxApi } from '../sandbox-api.ts';
import { customersOf, type World, type WorldCustomer } from '../world/index.ts';

const key = 'sandbox-acme-key';
const depots = 3;

type Client = Readonly<Record<string, unknown>> & { readonly company_name: string };

function uuidOf(n: number): string {
  return `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
}

function createClient({ id, party }: WorldCustomer): Client {
  const [address] = party.addresses;
  return {
    client_ref: uuidOf(id),
    company_name: party.name,
    account_code: `AC${party.key}`,
    live: id % 5 !== 0,
    registered_office:
      address === undefined ? null : { street: `${id} High Street`, town: 'Leeds', country: party.country },
    people: party.people.map(({ firstName, lastName, email }, index) => ({
      person_ref: uuidOf(id * 100 + index),
      full_name: `${firstName} ${lastName}`,
      mail: email,
    })),
    depot_code: uuidOf((id % depots) + 1),
    credit_limit: 1_000.5 + id,
    created: '2024-02-29T10:00:00Z',
    modified: '2025-11-05T08:30:00Z',
  };
}

/** Tokens count rows, and look like nothing. */
const writeToken = (offset: number) => Buffer.from(`after ${offset}`).toString('base64url');
const readToken = (token: string) => Number(Buffer.from(token, 'base64url').toString().slice(6));

interface ListQuery {
  readonly refs?: string;
  readonly name?: string;
  readonly cursor?: string;
  readonly limit?: string;
}

function createApp(world: World): FastifyInstance {
  const clients = new Map(
    customersOf(world, 'acme').map((customer) => [uuidOf(customer.id), createClient(customer)]),
  );
  const app = fastify();
  app.addHook('onRequest', async ({ headers, url }, reply) => {
    if (url === '/') return undefined;
    if (headers['x-acme-key'] !== key) return reply.code(401).send({ error: 'Who is there?' });
    return headers['x-acme-region'] === 'eu' ? undefined : reply.code(400).send({ error: 'No such region.' });
  });
  app.get('/', async () => ({ paths: ['/v2/clients', '/v2/clients/{ref}', '/v2/depots/{code}'] }));
  app.get<{ Querystring: ListQuery }>('/v2/clients', async ({ query }) => {
    if (query.refs !== undefined)
      return { data: query.refs.split(',').flatMap((ref) => clients.get(ref) ?? []) };
    const name = query.name?.toLowerCase() ?? '';
    const found = [...clients.values()].filter((client) => client.company_name.toLowerCase().includes(name));
    const start = query.cursor === undefined ? 0 : readToken(query.cursor);
    const end = start + Math.min(Number(query.limit ?? 20), 100);
    const next = end < found.length ? { next_cursor: writeToken(end) } : {};
    return { data: found.slice(start, end), total: found.length, ...next };
  });
  app.get<{ Params: { ref: string } }>(
    '/v2/clients/:ref',
    async ({ params: { ref } }, reply) => clients.get(ref) ?? reply.code(404).send({}),
  );
  app.get<{ Params: { code: string } }>('/v2/depots/:code', async ({ params: { code } }) => ({
    code,
    name: `Depot ${code.slice(-1)}`,
  }));
  return app;
}

export const sandboxApi: SandboxApi = {
  provider: 'acme',
  port: 4104,
  createApp,
  settings: (url) => ({
    baseUrl: `${url}/v2`,
    auth: { type: 'apiKey', key, header: 'x-acme-key' },
  }),
  nativeId: uuidOf,
};
