import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { z } from 'zod';
import { startProcess, type Running } from '../support/command-line.ts';
import { findFreePorts } from '../support/free-port.ts';
import { startProductsSubgraph } from '../support/products-subgraph.ts';
import { compose } from './support/composers.ts';
import { gateways, type Gateway } from './support/gateways.ts';

const folder = path.dirname(
  createRequire(import.meta.url).resolve('@apollo/federation-subgraph-compatibility-tests/package.json'),
);
const productsSdl = readFileSync(`${folder}/products.graphql`, 'utf8');
const others = ['users', 'inventory'] as const;

const report = z.object({
  numPassedTests: z.number(),
  testResults: z.array(z.object({ name: z.string(), status: z.string(), message: z.string() })),
});

interface OtherSubgraph {
  readonly name: string;
  readonly url: string;
  readonly sdl: string;
  readonly running: Running;
}

/** Starts a subgraph that comes with the suite. */
async function startOther(name: (typeof others)[number]): Promise<OtherSubgraph> {
  const port = await findFreePorts();
  const place = `${folder}/dist/subgraphs/${name}`;
  const running = startProcess(['index.js'], place, { [`${name.toUpperCase()}_PORT`]: String(port) });
  await running.waitFor(/ready at/);
  return {
    name,
    url: `http://localhost:${port}/`,
    sdl: readFileSync(`${place}/${name}.graphql`, 'utf8'),
    running,
  };
}

function runSuite(environment: Record<string, string>): Promise<z.output<typeof report>> {
  const config = path.join(import.meta.dirname, 'compatibility/jest.config.cjs');
  const jest = createRequire(import.meta.url).resolve('jest/bin/jest');
  const child = spawn(process.execPath, [jest, '--config', config, '--json'], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => void (output += text));
  return new Promise((resolve) => child.once('close', () => resolve(report.parse(JSON.parse(output)))));
}

describe("Apollo's compatibility suite, on the server of customer-graph", () => {
  let products: Awaited<ReturnType<typeof startProductsSubgraph>>;
  let subgraphs: readonly OtherSubgraph[];

  before(async () => {
    products = await startProductsSubgraph(productsSdl);
    subgraphs = await Promise.all(others.map(startOther));
  });

  after(async () => {
    await products.close();
    await Promise.all(subgraphs.map(({ running }) => running.stop('SIGTERM')));
  });

  async function passBehind(gateway: Gateway): Promise<void> {
    const url = `${products.url}/graphql`;
    const supergraph = compose(gateway.composer, [{ name: 'products', url, sdl: productsSdl }, ...subgraphs]);
    const running = await gateway.start(supergraph, '/');
    const { testResults, numPassedTests } = await runSuite({ PRODUCTS_URL: url, GATEWAY_URL: running.url });
    await running.close();
    const failed = testResults.filter(({ status }) => status !== 'passed');
    assert.deepEqual(
      failed.map(({ name, message }) => `${path.basename(name)}\n${message}`),
      [],
    );
    assert.deepEqual({ files: testResults.length, tests: numPassedTests }, { files: 12, tests: 23 });
  }

  for (const gateway of gateways) {
    test(`passes behind ${gateway.name}`, () => passBehind(gateway));
  }
});
