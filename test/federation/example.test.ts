import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { z } from 'zod';
import { startProcess } from '../support/command-line.ts';
import { findFreePorts } from '../support/free-port.ts';
import { postQuery } from '../support/product.ts';

const folder = path.join(import.meta.dirname, '../../examples/loyalty-subgraph');

/** Time for what it may have to install and build at first. */
const longestRunMs = 180_000;

const members = z.object({
  loyaltyMembers: z.array(
    z.object({
      customer: z.object({ name: z.string().nullable(), loyalty: z.object({ points: z.number() }) }),
    }),
  ),
});

/** npm may need any of it to reach its registry. */
function listEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

test('the example starts everything with one command, and its query is answered by both subgraphs', async () => {
  // The gateway's, and those of the two subgraphs after it.
  const port = await findFreePorts(3);
  const example = startProcess(
    ['src/federation.mjs'],
    folder,
    { ...listEnvironment(), PORT: String(port) },
    longestRunMs,
  );
  const output = await example.waitFor(/Ctrl\+C stops/);
  const [, query = ''] = /Try this query.*\n\n(.*?)\n\nFrom another shell/s.exec(output) ?? [];
  const { data, errors } = await postQuery(`http://127.0.0.1:${port}`, query);
  const [, faultsUrl = '', faults = ''] = /curl -X PUT (\S+) -d '(.*)'/.exec(output) ?? [];
  await fetch(faultsUrl, { method: 'PUT', body: faults });
  const withoutSage = await postQuery(`http://127.0.0.1:${port}`, query);
  const { exitCode, errorOutput } = await example.stop('SIGINT');

  assert.deepEqual(errors, []);
  assert.deepEqual(data, {
    loyaltyMembers: [
      {
        cardNumber: 'L-1001',
        customer: {
          __typename: 'ElevateCustomer',
          name: 'Douglas & Griffiths plc',
          loyalty: { points: 7_420, tier: 'GOLD' },
        },
      },
      {
        cardNumber: 'L-1002',
        customer: {
          __typename: 'Sage200Customer',
          name: 'Bristol Print Limited',
          loyalty: { points: 5_060, tier: 'GOLD' },
          creditLimit: '12500.50',
          currency: { name: 'Pound Sterling' },
        },
      },
      {
        cardNumber: 'L-1003',
        customer: {
          __typename: 'CroCustomer',
          name: 'DIAZ & SONS',
          loyalty: { points: 3_310, tier: 'SILVER' },
        },
      },
    ],
  });
  assert.deepEqual(
    members.parse(withoutSage.data).loyaltyMembers.map(({ customer }) => customer),
    [
      { name: 'Douglas & Griffiths plc', loyalty: { points: 7_420 } },
      { name: null, loyalty: { points: 5_060 } },
      { name: 'DIAZ & SONS', loyalty: { points: 3_310 } },
    ],
  );
  assert.deepEqual(
    withoutSage.errors.map(({ path, extensions: { code, source } }) => ({ path, code, source })),
    [{ path: ['loyaltyMembers', 1, 'customer'], code: 'UPSTREAM_UNAVAILABLE', source: 'sage200' }],
  );
  assert.deepEqual({ exitCode, errorOutput }, { exitCode: 0, errorOutput: '' });
});

for (const [what, args, environment, message] of [
  [
    'npm run federation with a bad PORT',
    ['src/federation.mjs'],
    { PORT: 'abc' },
    /^PORT: found "abc", expected a whole number from 1 to 65533\.\n$/,
  ],
  [
    'the subgraph with a bad PORT',
    ['src/main.mjs'],
    { PORT: '70000' },
    /^PORT: found "70000", expected a whole number from 1 to 65535\.\n$/,
  ],
  [
    'composing without customer-graph',
    ['src/compose.mjs', 'http://127.0.0.1:1/graphql'],
    {},
    /^http:\/\/127\.0\.0\.1:1\/graphql: found no server .*\n$/,
  ],
] as const) {
  test(`${what} fails with one line that says why`, async () => {
    const { exitCode, output, errorOutput } = await startProcess(args, folder, environment).ended;
    assert.deepEqual({ exitCode, output }, { exitCode: 1, output: '' });
    assert.match(errorOutput, message);
  });
}
