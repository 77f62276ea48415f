/** Starts customer-graph on its sandbox, the loyalty subgraph beside it, and Hive Gateway in front of both. */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('..', import.meta.url));
const root = fileURLToPath(new URL('../../..', import.meta.url));
const port = Number(process.env.PORT ?? 4000);
const ports = { gateway: port, customers: port + 1, loyalty: port + 2 };
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
  console.error(error.code === 'EADDRINUSE' ? `Port ${error.port} is in use: stop the program that listens there.` : error.message);
  process.exitCode = 1;
  await end();
}

async function start() {
  if (!existsSync(`${here}/node_modules`)) {
    console.log('Installing what the example needs …');
    execFileSync('npm', ['ci', '--loglevel=error', '--prefix', here], { stdio: ['ignore', 'ignore', 'inherit'] });
  }
  execFileSync(process.execPath, ['scripts/build-if-stale.mjs'], { cwd: root, stdio: 'inherit' });
  const { startLoyaltySubgraph } = await import('./subgraph.mjs');
  const { compose } = await import('./compose.mjs');
  const { startGateway } = await import('./gateway.mjs');

  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void end());
  const customers = await startCustomerGraph();
  const loyalty = await startLoyaltySubgraph({ port: ports.loyalty });
  ending.unshift(() => loyalty.close());
  const supergraph = await compose({ customers, loyalty: loyalty.url });
  const gateway = await startGateway({ supergraph, port: ports.gateway });
  ending.unshift(() => gateway.close());
  console.log(describeStart({ customers, loyalty: loyalty.url, gateway: gateway.url }));
}

/** Stops what was started, the last first. */
async function end() {
  for (const close of ending.splice(0)) await close();
}

/** Resolves with its GraphQL endpoint. */
function startCustomerGraph() {
  // Without a configuration it serves its sandbox.
  const { CUSTOMER_GRAPH_CONFIG: _config, ...environment } = process.env;
  const child = spawn(process.execPath, ['dist/main.js'], {
    cwd: root,
    env: { ...environment, HOST: '127.0.0.1', PORT: String(ports.customers) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  process.once('exit', () => child.kill());
  ending.unshift(async () => {
    child.kill('SIGINT');
    await ended;
  });
  return new Promise((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text) => {
      if (text.includes('/graphql')) resolve(`http://127.0.0.1:${ports.customers}/graphql`);
    });
    void ended.then(() => reject(new Error('customer-graph did not start.')));
  });
}

function describeStart({ customers, loyalty, gateway }) {
  const command = `curl -s ${gateway} -H 'content-type: application/json' --data-binary @- <<'EOF'\n${JSON.stringify({ query: tryThis.replaceAll(/\s+/g, ' ') })}\nEOF`;
  return [
    'One graph of two subgraphs',
    '',
    `  Gateway           ${gateway}   GraphiQL in a browser`,
    `  customer-graph    ${customers}   on its sandbox: all customers are invented`,
    `  loyalty subgraph  ${loyalty}`,
    '',
    'Try this query, which takes members from one subgraph and their customers from the other:',
    '',
    tryThis.replaceAll(/^/gm, '  '),
    '',
    'From another shell:',
    '',
    command,
    '',
    'Ctrl+C stops all three.',
  ].join('\n');
}
