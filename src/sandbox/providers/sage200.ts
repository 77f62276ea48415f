import { fastify, type FastifyInstance, type FastifyReply } from 'fastify';
import { describeApi } from '../http/api-index.ts';
import { toRow, type Row } from '../records/row.ts';
import {
  addTokenEndpoint,
  checkAccess,
  createTokenDesk,
  sandboxCompanyId,
  sandboxSiteId,
  sandboxSubscriptionKey,
  sandboxToken,
} from '../sage200/access.ts';
import { createLedger, type Collection, type Ledger } from '../sage200/ledger.ts';
import { writeJson } from '../sage200/odata/decimals.ts';
import { usesOr } from '../sage200/odata/filter.ts';
import { describeShape } from '../sage200/odata/metadata.ts';
import { shapeOf } from '../sage200/odata/model.ts';
import { ODataError } from '../sage200/odata/odata-error.ts';
import { projectRow } from '../sage200/odata/projection.ts';
import {
  filterRows,
  parseCollectionQuery,
  parseRecordQuery,
  queryRows,
  type QueryParameters,
} from '../sage200/odata/query.ts';
import type { SandboxApi } from '../sandbox-api.ts';
import type { World } from '../world/index.ts';

const basePath = '/uk/sage200extra/accounts/v1';

const sites = [
  {
    company_id: sandboxCompanyId,
    company_name: 'Calder Trading Limited',
    site_id: sandboxSiteId,
    site_name: 'Calder Trading Group',
    site_short_name: 'CALDER',
  },
];

/** How a site may differ from one that is up to date. */
export interface Sage200SiteOptions {
  /** Without alerts, memos, cards, limited price bands, status and the spare fields: their names are unknown. */
  readonly olderSite?: boolean;
  /** Refuses a `$filter` with `or` in it. */
  readonly refuseOrFilters?: boolean;
}

export const sandboxApi: SandboxApi = {
  provider: 'sage200',
  port: 4102,
  createApp: (world) => createSage200App(world),
  settings: (url) => ({
    baseUrl: url + basePath,
    subscriptionKey: sandboxSubscriptionKey,
    site: sandboxSiteId,
    company: sandboxCompanyId,
    auth: { type: 'bearer', token: sandboxToken },
  }),
  example: {
    path: `${basePath}/customers/1?$expand=main_address,contacts`,
    headers: {
      authorization: `Bearer ${sandboxToken}`,
      'ocp-apim-subscription-key': sandboxSubscriptionKey,
      'x-site': sandboxSiteId,
      'x-company': String(sandboxCompanyId),
    },
  },
};

/** A simulated Sage 200 site: a server that is not listening yet. */
export function createSage200App(
  world: World,
  { olderSite = false, refuseOrFilters = false }: Sage200SiteOptions = {},
): FastifyInstance {
  const app = fastify({ exposeHeadRoutes: false, routerOptions: { ignoreTrailingSlash: true } });
  const ledger = createLedger(world, olderSite);
  const desk = createTokenDesk();
  app.addHook('onRequest', async (request, reply) => {
    const [path = ''] = request.url.split('?');
    if (path !== basePath && !path.startsWith(`${basePath}/`)) return undefined;
    const refusal = checkAccess(request, reply, desk, path.replace(/\/$/, '') === `${basePath}/sites`);
    if (refusal !== undefined) return refusal;
    return request.method === 'GET'
      ? undefined
      : refuse(reply.header('allow', 'GET'), 405, 'The sandbox is read-only.');
  });
  app.setNotFoundHandler((_request, reply) => refuse(reply, 404, 'Resource not found'));
  app.setErrorHandler<Error & { statusCode?: number }>((error, _request, reply) =>
    refuse(reply, error instanceof ODataError ? 400 : (error.statusCode ?? 500), error.message),
  );
  app.get('/', async () =>
    describeApi(
      'Sage 200 API',
      ledger.collections.map(({ name }) => `${basePath}/${name}`),
    ),
  );
  addTokenEndpoint(app, desk);
  app.get(`${basePath}/sites`, async (_request, reply) => sendJson(reply, sites));
  for (const collection of ledger.collections) addCollection(app, ledger, collection, refuseOrFilters);
  return app;
}

function addCollection(
  app: FastifyInstance,
  ledger: Ledger,
  collection: Collection,
  refuseOrFilters: boolean,
): void {
  const path = `${basePath}/${collection.name}`;
  const list = (rows: () => readonly Row[], query: unknown, reply: FastifyReply) =>
    sendJson(reply, answerList(ledger, collection, rows, toRow(query), refuseOrFilters));
  const belowCustomer = `${basePath}/customers/:customerId/${collection.name}`;

  app.get(path, async (request, reply) => list(collection.rows, request.query, reply));
  if (collection.hasRecords) {
    app.get<{ Params: { id: string } }>(`${path}/:id`, async (request, reply) =>
      sendRecord(reply, ledger, collection, toRow(request.query), collection.get(readId(request.params.id))),
    );
  }
  if (!collection.isBelowCustomer) return;
  app.get<{ Params: { customerId: string } }>(belowCustomer, async (request, reply) => {
    const customerId = readId(request.params.customerId);
    if (!hasCustomer(ledger, customerId)) return reply.code(404).send();
    return list(
      () => collection.rows().filter((row) => row['customer_id'] === customerId),
      request.query,
      reply,
    );
  });
  if (!collection.hasRecords) return;
  app.get<{ Params: { customerId: string; id: string } }>(`${belowCustomer}/:id`, async (request, reply) => {
    const customerId = readId(request.params.customerId);
    const row = collection.get(readId(request.params.id));
    const isOwn = row !== undefined && row['customer_id'] === customerId;
    return sendRecord(reply, ledger, collection, toRow(request.query), isOwn ? row : undefined);
  });
}

function answerList(
  { model }: Ledger,
  { shapeName }: Collection,
  rows: () => readonly Row[],
  parameters: QueryParameters,
  refuseOrFilters: boolean,
): unknown {
  const shape = shapeOf(model, shapeName);
  const query = parseCollectionQuery(parameters, shape, model);
  if (refuseOrFilters && query.filter !== undefined && usesOr(query.filter)) {
    throw new ODataError("The operator 'or' is not supported in $filter.");
  }
  // Either option puts its answer in the place of the records.
  if (query.describesLinks !== undefined) return describeShape(shape, query.describesLinks);
  if (query.isCount) return filterRows(rows(), query).length;
  return queryRows(rows(), query).map((row) => projectRow(row, shape, model, query.projection));
}

function sendRecord(
  reply: FastifyReply,
  { model }: Ledger,
  { shapeName }: Collection,
  parameters: QueryParameters,
  row: Row | undefined,
): FastifyReply {
  const shape = shapeOf(model, shapeName);
  const query = parseRecordQuery(parameters, shape, model);
  if (query.describesLinks !== undefined) return sendJson(reply, describeShape(shape, query.describesLinks));
  return row === undefined
    ? reply.code(404).send()
    : sendJson(reply, projectRow(row, shape, model, query.projection));
}

function hasCustomer({ collections }: Ledger, id: number): boolean {
  return collections.find(({ name }) => name === 'customers')?.get(id) !== undefined;
}

function readId(text: string): number {
  if (!/^-?\d{1,19}$/.test(text)) throw new ODataError(`The value '${text}' is not valid for Id.`);
  return Number(text);
}

function sendJson(reply: FastifyReply, body: unknown): FastifyReply {
  return reply.type('application/json; charset=utf-8').send(writeJson(body));
}

function refuse(reply: FastifyReply, statusCode: number, message: string): FastifyReply {
  return reply.code(statusCode).send({ statusCode, message });
}
