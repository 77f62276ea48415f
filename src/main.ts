#!/usr/bin/env node
import { constants } from 'node:os';
import { help, readCommandLine } from './command-line.ts';
import { loadConfig } from './config/load-config.ts';
import { describeFailure } from './describe-failure.ts';
import { version } from './product.ts';
import { providers } from './providers/index.ts';
import { startProduct, type RunningProduct } from './start.ts';

/** npm passes on a signal that the terminal has sent to this process already: so soon, a second one is the first again. */
const repeatMs = 500;

// Apollo and others are markedly slower in their development mode, which is the default.
process.env['NODE_ENV'] ??= 'production';

try {
  await run();
} catch (error) {
  console.error(describeFailure(error));
  process.exitCode = 1;
}

async function run(): Promise<void> {
  const { action, configFile } = readCommandLine(process.argv.slice(2), process.env);
  if (action === 'help') return console.log(help);
  if (action === 'version') return console.log(version);
  if (action === 'check' && configFile !== undefined) {
    const { sources } = loadConfig(configFile, providers, process.env);
    return console.log(
      `${configFile} is fine: ${sources.map(({ name, provider }) => `${name} (${provider.title})`).join(', ')}.`,
    );
  }
  const product = await startProduct(configFile, providers, process.env);
  // A failure that nothing waits for is a mistake of ours, and no reason to end everybody's operations.
  process.on('unhandledRejection', (error) => {
    product.metrics.rejectionUnhandled();
    product.log.error({ err: error }, 'unhandled rejection');
  });
  // Before anything is printed: who reads that it runs may stop it at once.
  stopOnSignals(product);
  console.log(describeStart(product));
}

/** The first signal stops in an orderly way, a second one at once. */
function stopOnSignals(product: RunningProduct): void {
  let firstAtMs: number | undefined;
  const stopOn = (signal: 'SIGINT' | 'SIGTERM', end: () => Promise<void>) => {
    process.on(signal, () => {
      const nowMs = performance.now();
      if (firstAtMs !== undefined && nowMs > firstAtMs + repeatMs)
        process.exit(128 + constants.signals[signal]);
      if (firstAtMs !== undefined) return;
      firstAtMs = nowMs;
      end().then(
        () => process.exit(0),
        (error: unknown) => {
          product.log.error({ err: error }, 'the stop failed');
          process.exit(1);
        },
      );
    });
  };
  // Ctrl+C is pressed by somebody who waits; SIGTERM comes from a platform that looks at readiness first.
  stopOn('SIGINT', () => product.close());
  stopOn('SIGTERM', () => product.drain());
}

function describeStart({ server, sources, simulatedApis, exposure }: RunningProduct): string {
  const isSimulated = simulatedApis.length > 0;
  const adminUrl = server.adminUrl ?? server.url;
  return [
    `customer-graph ${version}`,
    '',
    `  GraphiQL   ${adminUrl}/         explore in a browser`,
    `  GraphQL    ${server.url}/graphql  for programs`,
    `  Health     ${adminUrl}/health/live, /health/ready, /metrics`,
    '',
    `  Sources${isSimulated ? ', all simulated: every customer is invented' : ''}`,
    ...[...sources.values()].map(({ name, provider }) =>
      `    ${name.padEnd(12)} ${provider.title.padEnd(14)} ${apiUrlOf(provider.name, simulatedApis)}`.trimEnd(),
    ),
    '',
    ...(exposure === undefined ? [] : [`  ${exposure}`, '']),
    ...(isSimulated
      ? [
          '  Make a source fail on demand: docs/sandbox-faults.md. Real systems: npm start -- --config customer-graph.yaml',
        ]
      : []),
    '  Ctrl+C stops.',
  ].join('\n');
}

function apiUrlOf(provider: string, apis: RunningProduct['simulatedApis']): string {
  return apis.find((api) => api.provider === provider)?.url ?? '';
}
