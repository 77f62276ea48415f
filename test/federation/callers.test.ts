import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, beforeEach, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { QueryResult } from '../support/product.ts';
import { startStubServer, type RecordingServer } from '../support/recording-server.ts';
import { entryFor } from '../support/sources.ts';
import { startFederation, type Federation } from './support/federation.ts';
import { gateways } from './support/gateways.ts';

const issuer = 'https://id.example.com/';
const audience = 'customer-graph';

/** The customer whose source takes its time. */
const slowId = 9;
const slownessMs = 2_000;

const customerQuery = 'query ($id: ID!) { customer(id: $id) { name } }';
const referencesQuery = 'query ($ids: [ID!]!) { references(ids: $ids) { customer { id name } } }';
const deepQuery =
  '{ customersByIds(ids: ["elevate:7"]) { source { capabilities { unsupportedFilters { reason } } } } }';

function codesOf({ errors }: QueryResult): unknown[] {
  return errors.map(({ extensions }) => extensions['code']);
}

for (const gateway of gateways) {
  describe(`callers behind ${gateway.name}`, () => {
    let keyServer: RecordingServer;
    let elevate: RecordingServer;
    let federation: Federation;
    let authorization: string;

    before(async () => {
      const pair = await generateKeyPair('RS256', { extractable: true });
      const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' };
      keyServer = await startStubServer(() => ({ body: { keys: [jwk] } }));
      const claims = { sub: 'ada', iss: issuer, aud: audience, scope: 'customers:personal' };
      const token = new SignJWT(claims).setProtectedHeader({
        alg: 'RS256',
        kid: 'k1',
      });
      authorization = `Bearer ${await token.setExpirationTime('5m').sign(pair.privateKey)}`;
      elevate = await startStubServer(async ({ pathname }) => {
        const id = Number(pathname.split('/').at(-1));
        if (id === slowId) await sleep(slownessMs);
        return { body: { id, customerName: 'Ada' } };
      });
      const settings = {
        auth: { mode: 'jwt', issuer, audience, jwksUrl: `${keyServer.url}/jwks.json` },
        server: { maxDepth: 4 },
      } as const;
      const sources = { elevate: entryFor.elevate(elevate.url, { auth: { type: 'forward' } }) };
      federation = await startFederation(gateway, sources, { settings, headers: { authorization } });
    });

    beforeEach(() => {
      elevate.requests.length = 0;
    });

    after(async () => {
      await federation.close();
      await Promise.all([keyServer.close(), elevate.close()]);
    });

    /** Asks as a caller with both credentials. */
    function ask(
      query: string,
      variables: Record<string, unknown>,
      headers: Record<string, string> = {},
    ): Promise<QueryResult> {
      const own = { authorization, 'x-elevate-authorization': 'Bearer of-the-caller', ...headers };
      return federation.query(query, { variables, headers: own });
    }

    /** What is refused keeps its code and its words, and tells nothing of where customer-graph is. */
    function assertRefusal(result: QueryResult, code: string, message: RegExp): void {
      assert.deepEqual(codesOf(result), [code]);
      assert.match(result.errors[0]?.message ?? '', message);
      assert.equal(typeof result.errors[0]?.extensions['requestId'], 'string');
      assert.ok(!result.text.includes(new URL(federation.customersUrl).host), result.text);
    }

    test('a token lets them in', async () => {
      const { data, errors } = await ask(customerQuery, { id: 'elevate:7' });
      assert.deepEqual({ data, errors }, { data: { customer: { name: 'Ada' } }, errors: [] });
    });

    test('no token is UNAUTHENTICATED', async () => {
      const result = await federation.query(customerQuery, { variables: { id: 'elevate:7' } });
      assertRefusal(result, 'UNAUTHENTICATED', /needs a token/);
    });

    test('an operation beyond the limits is QUERY_TOO_COMPLEX', async () => {
      assertRefusal(await ask(deepQuery, {}), 'QUERY_TOO_COMPLEX', /at most 4/);
    });

    test('their credentials for a source arrive there', async () => {
      const asked = await ask(customerQuery, { id: 'elevate:7' });
      const referred = await ask(referencesQuery, { ids: ['elevate:8'] });
      const without = await federation.query(customerQuery, {
        variables: { id: 'elevate:7' },
        headers: { authorization },
      });
      assert.deepEqual(asked.data, { customer: { name: 'Ada' } });
      assert.deepEqual(referred.data, { references: [{ customer: { id: 'elevate:8', name: 'Ada' } }] });
      assert.deepEqual(codesOf(without), ['UPSTREAM_UNAUTHORIZED']);
      assert.deepEqual(
        elevate.requests.map(({ headers }) => headers.authorization),
        ['Bearer of-the-caller', 'Bearer of-the-caller'],
      );
    });

    test('their request id is that of the call and of the error', async () => {
      const requestId = randomUUID();
      await ask(customerQuery, { id: 'elevate:7' }, { 'x-request-id': requestId });
      const failed = await ask(customerQuery, { id: 'nowhere:7' }, { 'x-request-id': requestId });
      assert.deepEqual(
        elevate.requests.map(({ headers }) => headers['x-request-id']),
        [requestId],
      );
      assert.deepEqual(
        failed.errors.map(({ extensions }) => [extensions['code'], extensions['requestId']]),
        [['BAD_USER_INPUT', requestId]],
      );
    });

    test('the time that they can wait holds in customer-graph', async () => {
      const id = `elevate:${slowId}`;
      const hurried = await ask(customerQuery, { id }, { 'x-request-timeout-ms': '700' });
      const patient = await ask(customerQuery, { id });
      assert.deepEqual(codesOf(hurried), ['UPSTREAM_TIMEOUT']);
      assert.deepEqual(patient.data, { customer: { name: 'Ada' } });
    });

    test('another subgraph gets the request id, and nothing else of theirs', async () => {
      const earlier = federation.receivedByOthers.length;
      const requestId = randomUUID();
      await ask(
        referencesQuery,
        { ids: ['elevate:7'] },
        { 'x-request-id': requestId, 'x-request-timeout-ms': '5000' },
      );
      const received = federation.receivedByOthers.slice(earlier);
      assert.deepEqual(
        received.map((headers) => headers['x-request-id']),
        [requestId],
      );
      assert.deepEqual(
        received
          .flatMap((headers) => Object.keys(headers))
          .filter((name) => /authorization|timeout/.test(name)),
        [],
      );
    });
  });
}
