#!/usr/bin/env node
import { help, readCommandLine } from './command-line.ts';
import { loadConfig } from './config/load-config.ts';
import { describeFailure } from './describe-failure.ts';
import { version } from './product.ts';
import { createProcessEnd } from './process-end.ts';
import { providers } from './providers/index.ts';
import { createLog } from './server/log.ts';
import { startProduct, type RunningProduct } from './start.ts';

// Apollo and others are markedly slower in their development mode, which is the default.
process.env['NODE_ENV'] ??= 'production';

// Where nobody reads what is written, or it cannot be stored, callers are served all the same.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

const lastLog = createLog('fatal');
const processEnd = createProcessEnd(lastLog);

try {
  await run();
} catch (error) {
  const description = describeFailure(error);
  if (description === undefined) lastLog.fatal({ err: error }, 'the start failed');
  else console.error(description);
  await processEnd.exit(1);
}

async function run(): Promise<void> {
  const { action, configFile } = readCommandLine(process.argv.slice(2), process.env);
  if (action === 'help') return console.log(help);
  if (action === 'version') return console.log(version);
  if (action === 'check' && configFile !== undefined) {
    const { sources, warnings } = loadConfig(configFile, providers, process.env);
    const names = sources.map(({ name, provider }) => `${name} (${provider.title})`).join(', ');
    return console.log(
      [`${configFile} is fine: ${names}.`, ...warnings.map((warning) => `Warning: ${warning}`)].join('\n'),
    );
  }
  const product = await startProduct(configFile, providers, process.env);
  // Before anything is printed: who reads that it runs may stop it at once.
  processEnd.watch(product);
  console.log(describeStart(product));
}

function describeStart({ server, sources, simulatedApis, hasPage, exposure }: RunningProduct): string {
  const isSimulated = simulatedApis.length > 0;
  const adminUrl = server.adminUrl ?? server.url;
  return [
    `customer-graph ${version}`,
    '',
    ...(hasPage ? [`  GraphiQL   ${adminUrl}/         explore in a browser`] : []),
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
