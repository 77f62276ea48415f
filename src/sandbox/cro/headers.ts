import type { FastifyRequest } from 'fastify';
import { tenantId } from './branches.ts';
import { CroRequestError } from './errors.ts';

/** Versions of the API, the oldest first: it is the one that serves clients who never named any. */
const versions = ['2019/02/08', '2021/04/07', '2021/05/07', '2021/08/02', '2021/11/04', '2023/04/19'];

// As documented, unescaped dots included; letters of either case, for tokens have both.
const authorizationForm = /^bearer [a-z0-9-_=]+.[a-z0-9-_=]+.?[a-z0-9-_.+/=]*$/i;
const maxAuthorizationLength = 256;

/** The version of the API that the request is for. */
export function readVersion(request: FastifyRequest): string {
  const version = request.headers['x-api-version'] ?? versions[0] ?? '';
  return typeof version === 'string' && versions.includes(version)
    ? version
    : reject(406, 'x-api-version', 'Unknown version.');
}

function reject(status: number, field: string, message: string): never {
  throw new CroRequestError({ status, model: 'RequestHeadersModel', field, message });
}

/** Whether `version` is `wanted` or newer. */
export function isSince(version: string, wanted: string): boolean {
  return versions.indexOf(version) >= versions.indexOf(wanted);
}

/** Any well-formed token will do. */
export function checkAuthorization(request: FastifyRequest): void {
  const { authorization } = request.headers;
  if (authorization === undefined) reject(401, 'authorization', 'This field is required.');
  if (authorization.length > maxAuthorizationLength)
    reject(401, 'authorization', 'Longer than 256 characters.');
  if (!authorizationForm.test(authorization)) reject(401, 'authorization', 'Not a bearer token.');
}

export function checkTenant(request: FastifyRequest): void {
  const tenant = request.headers['x-tenant-id'];
  if (tenant === undefined) reject(400, 'x-tenant-id', 'This field is required.');
  if (typeof tenant !== 'string' || !/^\d{1,15}$/.test(tenant)) reject(400, 'x-tenant-id', 'Not an integer.');
  if (Number(tenant) !== tenantId) reject(403, 'x-tenant-id', 'You do not belong to this tenant.');
}
