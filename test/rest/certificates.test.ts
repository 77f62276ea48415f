import { expect, it } from '@jest/globals';
import { startSelfSigned } from '../resilience/support/unreachable.ts';
import { startProcess } from '../support/command-line.ts';

it('NODE_TLS_REJECT_UNAUTHORIZED=0 does not make any call trust anybody', async () => {
  const server = await startSelfSigned();
  if (server === undefined) return;
  const args = [
    '--no-warnings',
    '--import',
    'tsx',
    'test/support/processes/untrusting-calls.ts',
    `${server.origin}/`,
  ];
  const { exitCode, output, errorOutput } = await startProcess(args, process.cwd(), {
    NODE_TLS_REJECT_UNAUTHORIZED: '0',
  }).ended;
  expect({ exitCode, errorOutput }).toEqual({ exitCode: 0, errorOutput: '' });
  const refused = 'DEPTH_ZERO_SELF_SIGNED_CERT';
  // Node.js itself would.
  expect(JSON.parse(output)).toEqual({ undici: refused, fetch: refused, small: refused, 'Node.js': 200 });
  expect(server.requests).toEqual(['/']);
  await server.close();
});
