import { fastify, type FastifyInstance } from 'fastify';
import { tenantId } from '../cro/branches.ts';
import { createCroData } from '../cro/data.ts';
import { createCroEndpoints, type CroEndpoint } from '../cro/endpoints.ts';
import { CroRequestError, refuse } from '../cro/errors.ts';
import { checkAuthorization, checkTenant, readVersion } from '../cro/headers.ts';
import { createEnvelope, readQuery } from '../cro/query.ts';
import { describeApi } from '../http/api-index.ts';
import { requestIdOf } from '../http/request-id.ts';
import { toRow, type Row } from '../records/row.ts';
import type { SandboxApi } from '../sandbox-api.ts';
import type { World } from '../world/index.ts';

const sandboxToken = 'sandbox.cro.token';

export const sandboxApi: SandboxApi = {
  provider: 'cro',
  port: 4103,
  createApp,
  // With a zone its times are instants, and lists can be narrowed by them.
  settings: (url) => ({
    baseUrl: url,
    auth: { type: 'bearer', token: sandboxToken },
    tenantId: tenantId,
    timeZone: 'America/Los_Angeles',
  }),
  example: {
    path: '/customers/1',
    headers: {
      authorization: `bearer ${sandboxToken}`,
      'x-tenant-id': String(tenantId),
      'x-api-version': '2019/02/08',
    },
  },
};

function createApp(world: World): FastifyInstance {
  const app = fastify({
    exposeHeadRoutes: false,
    routerOptions: { ignoreTrailingSlash: true },
    frameworkErrors: (_error, _request, reply) =>
      void refuse(reply, { status: 400, model: 'Request', field: 'path', message: 'Not a URL.' }),
  });
  const endpoints = createCroEndpoints(createCroData(world));
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', requestIdOf(request));
    if (request.method === 'GET') return undefined;
    return refuse(reply.header('allow', 'GET'), {
      status: 405,
      model: 'Request',
      field: 'method',
      message: 'Only GET is possible.',
    });
  });
  app.addHook('onSend', async (request, reply) => {
    const { 'x-api-version': asked } = request.headers;
    reply.header('x-api-version', reply.statusCode === 406 || asked === undefined ? '2019/02/08' : asked);
  });
  app.setNotFoundHandler((_request, reply) =>
    refuse(reply, { status: 404, model: 'Request', field: 'path', message: 'There is no such endpoint.' }),
  );
  app.setErrorHandler<Error & { statusCode?: number }>((error, _request, reply) => {
    if (error instanceof CroRequestError) return refuse(reply, error.refusal);
    return refuse(reply, {
      status: error.statusCode ?? 500,
      model: 'Request',
      field: 'request',
      message: 'The request failed.',
    });
  });
  const paths = endpoints.map(({ path }) => path);
  app.get('/', async () => describeApi('CRO Software API', paths));
  for (const endpoint of endpoints) addEndpoint(app, endpoint);
  return app;
}

function addEndpoint(
  app: FastifyInstance,
  { path, model, parameters = {}, isTenantFree = false, find }: CroEndpoint,
): void {
  app.get(path, async (request) => {
    const version = readVersion(request);
    checkAuthorization(request);
    if (!isTenantFree) checkTenant(request);
    const ids = readIds(toRow(request.params), model);
    const values = readQuery(toRow(request.query), parameters, model);
    const found = find({ version, ids, values });
    if (found === undefined) {
      const field = Object.keys(ids).at(-1) ?? 'id';
      throw new CroRequestError({ status: 404, model, field, message: 'Not found.' });
    }
    return Array.isArray(found) ? createEnvelope(found, values) : found;
  });
}

function readIds(params: Row, model: string): Readonly<Record<string, number>> {
  const ids = Object.entries(params).map(([field, text]) => {
    if (typeof text !== 'string' || !/^\d{1,15}$/.test(text))
      throw new CroRequestError({ status: 400, model, field, message: 'Not an integer.' });
    return [field, Number(text)] as const;
  });
  return Object.fromEntries(ids);
}
