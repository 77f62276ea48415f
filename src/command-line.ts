import { parseArgs } from 'node:util';
import { UsageError } from './usage-error.ts';

export const help = `customer-graph: one GraphQL API over the customers of Elevate, Sage 200 and CRO Software.

Usage: npm start -- [options]

  --config FILE   the sources to connect to (YAML); also CUSTOMER_GRAPH_CONFIG.
                  Without it three simulated sources with invented customers are served.
  --check         checks the configuration, prints what is wrong with it, and exits
  --version       prints the version
  --help          prints this text

HOST and PORT override the address of the configuration, 127.0.0.1:4000 if it has none.
docs/configuration.md describes the file.`;

export interface CommandLine {
  readonly action: 'serve' | 'check' | 'version' | 'help';
  readonly configFile: string | undefined;
}

/** @throws UsageError */
export function readCommandLine(args: readonly string[], environment: NodeJS.ProcessEnv): CommandLine {
  const { values } = parseArguments(args);
  checkNpmOptions(args, environment);
  const { CUSTOMER_GRAPH_CONFIG: configured } = environment;
  // Empty counts as not set, as with HOST and PORT.
  const configFile = values.config ?? (configured === '' ? undefined : configured);
  const action =
    values.help === true
      ? 'help'
      : values.version === true
        ? 'version'
        : values.check === true
          ? 'check'
          : 'serve';
  if (action === 'check' && configFile === undefined)
    throw new UsageError('--check needs a configuration: add --config FILE.');
  return { action, configFile };
}

/** Without `--` npm takes options for its own, and hands them on in the environment only: the sandbox would be served instead. */
function checkNpmOptions(args: readonly string[], environment: NodeJS.ProcessEnv): void {
  const taken = ['config', 'check'].filter(
    (name) => args.length === 0 && environment[`npm_config_${name}`] !== undefined,
  );
  if (taken.length === 0) return;
  throw new UsageError(
    `npm has kept ${taken.map((name) => `--${name}`).join(' and ')} to itself: write "npm start -- --config FILE".`,
  );
}

function parseArguments(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        config: { type: 'string' },
        check: { type: 'boolean' },
        version: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('. ')[0] ?? '') : '';
    throw new UsageError(`${reason}. See --help.`, { cause: error });
  }
}
