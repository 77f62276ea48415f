/** Starts customer-graph on its sandbox, the loyalty subgraph beside it, and Hive Gateway in front of both. */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { assertFree, readPort } from './port.mjs';

const here = fileURLToPath(new URL('..', import.meta.url));
const root = fileURLToPath(new URL('../../..', import.meta.url));
const ending = [];

const tryThis = `{
  loyaltyMembers(first: 3) {
    cardNumber
    customer {
      __typename
      name
      loyalty { points tier }
      ... on Sage200Customer { creditLimit currency { name } }
    }
  }
}`;

try {
  await start();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
  await end();
}

async function start() {
  const port = readPort(4000, 3);
  const ports = { gateway: port, customers: port + 1, loyalty: port + 2 };
  for (const each of Object.values(ports))
    await assertFree(each, `set PORT to the first of three free ports in a row (now ${port})`);
  if (!existsSync(`${root}/node_modules`))
    throw new Error(`customer-graph is not installed: run "npm ci" in ${root} first.`);
  if (!existsSync(`${here}/node_modules`)) {
    console.log('Installing what the example needs …');
    execFileSync('npm', ['ci', '--loglevel=error', '--prefix', here], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }
  execFileSync(process.execPath, ['scripts/build-if-stale.mjs'], { cwd: root, stdio: 'inherit' });
  const { startLoyaltySubgraph } = await import('./subgraph.mjs');
  const { compose } = await import('./compose.mjs');
  const { startGateway } = await import('./gateway.mjs');

  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void end());
  const { url: customers, apis } = await startCustomerGraph(ports.customers);
  const loyalty = await startLoyaltySubgraph({ port: ports.loyalty });
  ending.unshift(() => loyalty.close());
  const supergraph = await compose({ customers, loyalty: loyalty.url });
  const gateway = await startGateway({ supergraph, port: ports.gateway });
  ending.unshift(() => gateway.close());
  console.log(describeStart({ customers, apis, loyalty: loyalty.url, gateway: gateway.url }));
}

/** Stops what was started, the last first. */
async function end() {
  for (const close of ending.splice(0)) await close();
}

/** Resolves with its GraphQL endpoint, and with the simulated REST APIs by the names of their sources. */
function startCustomerGraph(port) {
  // Without a configuration it serves its sandbox.
  const { CUSTOMER_GRAPH_CONFIG: _config, ...environment } = process.env;
  const child = spawn(process.execPath, ['dist/main.js'], {
    cwd: root,
    env: { ...environment, HOST: '127.0.0.1', PORT: String(port) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  process.once('exit', () => child.kill());
  ending.unshift(async () => {
    child.kill('SIGINT');
    await ended;
  });
  return new Promise((resolve, reject) => {
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
      if (!output.includes('/graphql') || !output.endsWith('\n')) return;
      const apis = [...output.matchAll(/^ +([a-z]\w+) .* (http:\S+)$/gm)].map(([, name, url]) => ({
        name,
        url,
      }));
      resolve({ url: `http://127.0.0.1:${port}/graphql`, apis });
    });
    void ended.then(() => reject(new Error('customer-graph did not start.')));
  });
}

function describeStart({ customers, apis, loyalty, gateway }) {
  const sageUrl = apis.find(({ name }) => name === 'sage200')?.url;
  const command = `curl -s ${gateway} -H 'content-type: application/json' --data-binary @- <<'EOF'\n${JSON.stringify({ query: tryThis.replaceAll(/\s+/g, ' ') })}\nEOF`;
  return [
    'One graph of two subgraphs',
    '',
    `  Gateway           ${gateway}   GraphiQL in a browser`,
    `  customer-graph    ${customers}   on its sandbox: all customers are invented`,
    `  loyalty subgraph  ${loyalty}`,
    '',
    '  The simulated REST APIs behind customer-graph',
    ...apis.map(({ name, url }) => `    ${name.padEnd(15)} ${url}`),
    '',
    'Try this query, which takes members from one subgraph and their customers from the other:',
    '',
    tryThis.replaceAll(/^/gm, '  '),
    '',
    'From another shell:',
    '',
    command,
    '',
    'Take Sage 200 down and run the query again: only its customer lacks a name, and an error says why.',
    '',
    `curl -X PUT ${sageUrl}/__faults -d '[{"name":"status","status":503}]'`,
    '',
    'Bring it back:',
    '',
    `curl -X DELETE ${sageUrl}/__faults`,
    '',
    'Ctrl+C stops all three.',
  ].join('\n');
}
