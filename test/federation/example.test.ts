import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { startProcess } from '../support/command-line.ts';
import { findFreePorts } from '../support/free-port.ts';
import { postQuery } from '../support/product.ts';

const folder = path.join(import.meta.dirname, '../../examples/loyalty-subgraph');

/** Time for what it may have to install and build at first. */
const longestRunMs = 180_000;

/** npm may need any of it to reach its registry. */
function listEnvironment(): Record<string, string> {
  return Object.fromEntries(Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

test('the example starts everything with one command, and its query is answered by both subgraphs', async () => {
  // The gateway's, and those of the two subgraphs after it.
  const port = await findFreePorts(3);
  const example = startProcess(['src/federation.mjs'], folder, { ...listEnvironment(), PORT: String(port) }, longestRunMs);
  const output = await example.waitFor(/Ctrl\+C stops/);
  const [, query = ''] = /Try this query.*\n\n(.*?)\n\nFrom another shell/s.exec(output) ?? [];
  const { data, errors } = await postQuery(`http://127.0.0.1:${port}`, query);
  const { exitCode, errorOutput } = await example.stop('SIGINT');

  assert.deepEqual(errors, []);
  assert.deepEqual(data, {
    loyaltyMembers: [
      {
        cardNumber: 'L-1001',
        customer: { __typename: 'ElevateCustomer', name: 'Douglas & Griffiths plc', loyalty: { points: 7_420, tier: 'GOLD' } },
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
      { cardNumber: 'L-1003', customer: { __typename: 'CroCustomer', name: 'DIAZ & SONS', loyalty: { points: 3_310, tier: 'SILVER' } } },
    ],
  });
  assert.deepEqual({ exitCode, errorOutput }, { exitCode: 0, errorOutput: '' });
});
