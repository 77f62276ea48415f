import { help, readCommandLine } from './command-line.ts';
import { loadConfig } from './config/load-config.ts';
import { describeFailure } from './describe-failure.ts';
import type { ProcessEnd } from './process-end.ts';
import { version } from './product.ts';
import { providers } from './providers/index.ts';
import { startProduct, type RunningProduct } from './start.ts';

/**
 * Does what the command line asks for; a failure that the user can mend is printed.
 *
 * @throws any other failure of the start
 */
export async function run(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  processEnd: ProcessEnd,
): Promise<void> {
  try {
    await act(args, environment, processEnd);
  } catch (error) {
    const description = describeFailure(error);
    if (description === undefined) throw error;
    console.error(description);
    await processEnd.exit(1);
  }
}

async function act(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  processEnd: ProcessEnd,
): Promise<void> {
  const { action, configFile } = readCommandLine(args, environment);
  if (action === 'help') return console.log(help);
  if (action === 'version') return console.log(version);
  if (action === 'check' && configFile !== undefined) {
    const { sources, warnings } = loadConfig(configFile, providers, environment);
    const names = sources.map(({ name, provider }) => `${name} (${provider.title})`).join(', ');
    return console.log(
      [`${configFile} is fine: ${names}.`, ...warnings.map((warning) => `Warning: ${warning}`)].join('\n'),
    );
  }
  const product = await startProduct(configFile, providers, environment);
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
