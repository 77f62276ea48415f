import { parseArgs } from 'node:util';

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

/** @throws Error with a sentence for the user */
export function readCommandLine(args: readonly string[], environment: NodeJS.ProcessEnv): CommandLine {
  const { values } = parseArguments(args);
  const configFile = values.config ?? environment['CUSTOMER_GRAPH_CONFIG'];
  const action = values.help === true ? 'help' : values.version === true ? 'version' : values.check === true ? 'check' : 'serve';
  if (action === 'check' && configFile === undefined) throw new Error('--check needs a configuration: add --config FILE.');
  return { action, configFile };
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
    throw new Error(`${reason}. See --help.`, { cause: error });
  }
}
