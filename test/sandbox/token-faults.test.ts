import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { startSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { startTestProduct } from '../support/product.ts';

const faultList = z.object({ active: z.array(z.object({ struck: z.number() })) });

let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await startSandbox({ ports: 'free' });
});
afterEach(() => sandbox.close());

/** What Sage answers, by the sign-in of the sandbox, while its token endpoint has a fault. */
async function ask(fault: object) {
  const { url = '' } = sandbox.apis.find(({ provider }) => provider === 'sage200') ?? {};
  const { simulated: _simulated, ...source } = sandbox.sources['sage200'] ?? { provider: 'sage200' };
  const auth = {
    type: 'oauth2',
    tokenUrl: `${new URL(url).origin}/oauth/token`,
    clientId: 'client',
    clientSecret: 'secret',
    refreshToken: 'sandbox-refresh-1',
  };
  const product = await startTestProduct({ sage: { ...source, auth } });
  await fetch(`${new URL(url).origin}/__faults`, {
    method: 'PUT',
    body: JSON.stringify([{ path: '/oauth/token', ...fault }]),
  });
  const answers = [];
  for (let index = 0; index < 3; index += 1)
    answers.push(await product.query('{ customer(id: "sage:1") { name } }'));
  const response = await fetch(`${new URL(url).origin}/__faults`);
  const { active } = faultList.parse(await response.json());
  await product.close();
  return {
    codes: [...new Set(answers.map(({ errors }) => errors[0]?.extensions['code']))],
    struck: active[0]?.struck,
  };
}

describe("the token endpoint's faults, each met once by three operations", () => {
  it.each([
    [{ name: 'status', status: 429, retryAfter: 30 }, 'UPSTREAM_RATE_LIMITED'],
    [{ name: 'status', status: 408 }, 'UPSTREAM_UNAVAILABLE'],
    [{ name: 'status', status: 503 }, 'UPSTREAM_UNAVAILABLE'],
    [{ name: 'status', status: 400 }, 'UPSTREAM_UNAUTHORIZED'],
    [{ name: 'redirect-same-origin' }, 'UPSTREAM_UNAUTHORIZED'],
    [{ name: 'wrong-media-type' }, 'UPSTREAM_UNAUTHORIZED'],
    [{ name: 'truncated-json' }, 'UPSTREAM_UNAUTHORIZED'],
    [{ name: 'connection-reset' }, 'UPSTREAM_UNAVAILABLE'],
    [{ name: 'missing-fields', fields: ['access_token'] }, 'UPSTREAM_UNAUTHORIZED'],
  ])('%j: %s', async (fault, code) => {
    expect(await ask(fault)).toEqual({ codes: [code], struck: 1 });
  });
});
