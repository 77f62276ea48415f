import { parseArgs } from 'node:util';
import { startSandbox, type RunningApi } from './index.ts';

const usage = `Serves the simulated REST APIs on fixed ports of this machine, until interrupted.

Usage: npm run sandbox -- [options]

  --seed N   which invented customers there are; a whole number from 0 [1]
  --help     prints this text`;

// Where nobody reads what is written, the APIs are served all the same.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
process.on('uncaughtException', (error) => {
  console.error(`The sandbox failed: ${describe(error)}`);
  process.exit(1);
});

try {
  await serve();
} catch (error) {
  console.error(describe(error));
  process.exitCode = 1;
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function serve(): Promise<void> {
  const { values } = parseArgs({
    options: { seed: { type: 'string', default: '1' }, help: { type: 'boolean', default: false } },
  });
  if (values.help) {
    console.log(usage);
    return;
  }
  const seed = readSeed(values.seed);
  const sandbox = await startSandbox({ seed, ports: 'fixed' });
  for (const api of sandbox.apis) console.log(describeApi(api));
  console.log(describeFaults(sandbox.apis));
  console.log(`All customers and their data are invented (seed ${seed}). Stop with Ctrl+C.`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void sandbox.close());
}

function readSeed(text: string): number {
  const seed = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(seed))
    throw new Error(`--seed takes a whole number from 0, not "${text}".`);
  return seed;
}

function describeApi({ provider, url, example }: RunningApi): string {
  const headers = Object.entries(example?.headers ?? {}).map(([name, value]) => `-H '${name}: ${value}' `);
  return `${provider}\n  ${url}\n  curl ${headers.join('')}'${url}${example?.path ?? '/'}'\n`;
}

function describeFaults([api]: readonly RunningApi[]): string {
  const endpoint = `${api?.url ?? ''}/__faults`;
  const switchOn = `curl -X PUT ${endpoint} -d '[{"name":"status","status":503,"probability":0.5}]'`;
  return `Errors on demand, the same way for each API\n  curl ${endpoint}    lists what can go wrong\n  ${switchOn}\n  curl -X DELETE ${endpoint}\n`;
}
