import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { createElevateAccounts } from '../elevate/accounts.ts';
import { billingCycles, tripwirePlans } from '../elevate/billing.ts';
import { createElevateData } from '../elevate/data.ts';
import type { Filter } from '../elevate/filters.ts';
import { isRefusal, listRows, parseCount, parseFilters } from '../elevate/list.ts';
import { describeApi } from '../http/api-index.ts';
import { requestIdOf } from '../http/request-id.ts';
import { toRow, type Row } from '../records/row.ts';
import type { SandboxApi } from '../sandbox-api.ts';
import type { World } from '../world/index.ts';

const sandboxToken = 'sandbox.elevate.token';

/** One resource below /v1: its list and, where there is one, its record by id. */
interface Resource {
  readonly path: string;
  readonly hasRecords: boolean;
  /** HEAD on the list tells whether anything matches the filters. */
  readonly hasHead?: boolean;
  readonly filters: Readonly<Record<string, Filter>>;
  readonly rows: () => readonly Row[];
  readonly get: (id: number) => Row | undefined;
}

const nameFilter: Readonly<Record<string, Filter>> = { name: { kind: 'text' } };

const customerFilters: Readonly<Record<string, Filter>> = {
  contractOwnerId: { kind: 'id' },
  customerName: { kind: 'text' },
  customerType: { kind: 'text' },
  customerAccountNumber: { kind: 'text' },
  billingCycleId: { kind: 'id' },
  startDate: { kind: 'date' },
  endDate: { kind: 'date' },
  createdDate: { kind: 'dateTime' },
  updatedDate: { kind: 'dateTime' },
};

const siteFilters: Readonly<Record<string, Filter>> = {
  customerId: { kind: 'id' },
  siteName: { kind: 'text' },
  siteReference: { kind: 'text' },
  createdDate: { kind: 'dateTime' },
  updatedDate: { kind: 'dateTime' },
  mandateStatus: { kind: 'text', read: readInvoiceDetail('mandateStatus') },
  // Date-times in the payload, days in the filter.
  mandateCreatedDate: { kind: 'date', read: readInvoiceDetail('mandateCreatedDate') },
  mandateUpdatedDate: { kind: 'date', read: readInvoiceDetail('mandateUpdatedDate') },
  mandateReference: { kind: 'text', read: readInvoiceDetail('mandateReference') },
};

export const sandboxApi: SandboxApi = {
  provider: 'elevate',
  port: 4101,
  createApp,
  settings: (url) => ({ baseUrl: `${url}/v1`, auth: { type: 'bearer', token: sandboxToken } }),
  example: { path: '/v1/customers/1', headers: { authorization: `Bearer ${sandboxToken}` } },
};

function createApp(world: World): FastifyInstance {
  const app = fastify({
    exposeHeadRoutes: false,
    routerOptions: { ignoreTrailingSlash: true },
    frameworkErrors: (_error, _request, reply) => void refuse(reply, 400, 'The URL is not valid.'),
  });
  const resources = createResources(world);
  const endpoints = resources.flatMap(({ path, hasRecords }) => [
    `/v1${path}?page=1&pageSize=100`,
    ...(hasRecords ? [`/v1${path}/1`] : []),
  ]);
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', requestIdOf(request));
    if (request.method === 'GET' || request.method === 'HEAD') return undefined;
    return refuse(reply.header('allow', 'GET, HEAD'), 405, 'The sandbox is read-only.');
  });
  app.setNotFoundHandler((_request, reply) => refuse(reply, 404, 'There is no such endpoint.'));
  app.setErrorHandler<Error & { statusCode?: number }>((error, _request, reply) =>
    refuse(reply, error.statusCode ?? 500, error.message),
  );
  app.get('/', async () => describeApi('Elevate customer and sites API', endpoints));
  void app.register(
    async (v1) => {
      v1.addHook('onRequest', checkToken);
      for (const resource of resources) addResource(v1, resource);
    },
    { prefix: '/v1' },
  );
  return app;
}

// Only the status codes are documented: the body is the sandbox's own.
function refuse(reply: FastifyReply, status: number, message: string): FastifyReply {
  return reply.code(status).send({ message });
}

function createResources(world: World): readonly Resource[] {
  const { customers, sites } = createElevateData(world);
  const { contractOwners, subBrands, ownerOfSubBrand, commissionAgents } = createElevateAccounts(world);
  const subBrandFilters: Resource['filters'] = {
    ...nameFilter,
    contractOwnerId: {
      kind: 'id',
      read: ({ id }) => (typeof id === 'number' ? ownerOfSubBrand.get(id) : undefined),
    },
  };
  return [
    {
      path: '/customers',
      hasRecords: true,
      filters: customerFilters,
      rows: () => customers.all().map(toListRow),
      get: customers.get,
    },
    {
      path: '/sites',
      hasRecords: true,
      hasHead: true,
      filters: siteFilters,
      rows: sites.all,
      get: sites.get,
    },
    createResource('/contract-owners', contractOwners, { hasRecords: true, filters: nameFilter }),
    createResource('/contract-owner-sub-brands', subBrands, { hasRecords: true, filters: subBrandFilters }),
    createResource('/billing-cycles', billingCycles, { hasRecords: true, filters: nameFilter }),
    createResource('/tripwire-plans', tripwirePlans, { hasRecords: false, filters: nameFilter }),
    createResource('/commission-agents', commissionAgents, {
      hasRecords: false,
      filters: { ...nameFilter, type: { kind: 'text' } },
    }),
  ];
}

function readInvoiceDetail(key: string): (row: Row) => unknown {
  return ({ siteInvoiceDetails: details }) =>
    typeof details === 'object' && details !== null ? new Map(Object.entries(details)).get(key) : undefined;
}

/** Lists of customers leave out what hangs below a customer. */
function toListRow({ sites: _sites, customerContacts: _contacts, ...row }: Row): Row {
  return row;
}

function createResource(
  path: string,
  rows: readonly Row[],
  options: { hasRecords: boolean; filters: Resource['filters'] },
): Resource {
  return { path, ...options, rows: () => rows, get: (id) => rows.find((row) => row['id'] === id) };
}

async function checkToken(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> {
  const [scheme = '', token = ''] = (request.headers.authorization ?? '').split(' ');
  if (scheme.toLowerCase() === 'bearer' && token === sandboxToken) return undefined;
  return refuse(reply.header('www-authenticate', 'Bearer'), 401, 'The access token is missing or not valid.');
}

function addResource(app: FastifyInstance, resource: Resource): void {
  app.get(resource.path, async (request, reply) => {
    const rows = resource.rows();
    const page = listRows(rows, toRow(request.query), Object.keys(rows[0] ?? {}), resource.filters);
    return isRefusal(page) ? refuse(reply, 400, page.message) : reply.send(page);
  });
  if (resource.hasHead === true) {
    app.head(resource.path, async (request, reply) => {
      const tests = parseFilters(toRow(request.query), resource.filters, [
        'page',
        'pageSize',
        'sort',
        'fields',
      ]);
      if (isRefusal(tests)) return reply.code(400).send();
      return reply.code(resource.rows().some((row) => tests.every((test) => test(row))) ? 200 : 404).send();
    });
  }
  if (resource.hasRecords) addRecord(app, resource);
}

function addRecord(app: FastifyInstance, resource: Resource): void {
  app.get(`${resource.path}/:id`, async (request, reply) => {
    const id = parseCount(toRow(request.params)['id'], Number.MAX_SAFE_INTEGER);
    if (id === undefined) return refuse(reply, 400, 'The id must be an integer of at least 1.');
    if (Object.keys(toRow(request.query)).length > 0)
      return refuse(reply, 400, 'The request has an unknown query parameter.');
    const record = resource.get(id);
    return record === undefined ? refuse(reply, 404, 'There is nothing with this id.') : reply.send(record);
  });
}
