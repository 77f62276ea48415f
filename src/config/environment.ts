import { parseProxy, type Proxies } from '../rest/http/proxies.ts';
import { cutWhiteSpace } from '../rest/sendable.ts';
import type { ConfigProblem } from './problems.ts';

export interface ServerAddress {
  readonly host: string;
  readonly port: number;
}

/** `HOST` and `PORT` override the file, as hosting platforms expect. Empty ones count as not set. */
export function applyEnvironment<T extends ServerAddress>(
  server: T,
  { HOST = '', PORT }: NodeJS.ProcessEnv,
): T {
  return { ...server, host: cutWhiteSpace(HOST) || server.host, port: readPort(PORT) ?? server.port };
}

/** Names of the variables for each protocol. The first that is set counts, as with curl. */
const proxyVariables = { http: ['http_proxy', 'HTTP_PROXY'], https: ['https_proxy', 'HTTPS_PROXY'] } as const;

/** The proxies that the environment names. Empty variables count as not set. */
export function readProxies(environment: NodeJS.ProcessEnv): Proxies {
  const [, except = ''] = findVariable(['no_proxy', 'NO_PROXY'], environment) ?? [];
  const read = (names: readonly string[]) => {
    const [, text] = findVariable(names, environment) ?? [];
    return text === undefined ? undefined : parseProxy(text);
  };
  return { http: read(proxyVariables.http), https: read(proxyVariables.https), except };
}

function checkProxies(environment: NodeJS.ProcessEnv): ConfigProblem[] {
  return Object.values(proxyVariables).flatMap((names) => {
    const [name, text] = findVariable(names, environment) ?? [];
    if (name === undefined || text === undefined || parseProxy(text) !== undefined) return [];
    // It may hold a password.
    const found = 'a text that is not shown';
    const expected = 'the URL of an HTTP proxy such as http://proxy.example.com:3128';
    return [{ line: undefined, path: `environment variable ${name}`, found, expected }];
  });
}

function findVariable(
  names: readonly string[],
  environment: NodeJS.ProcessEnv,
): readonly [name: string, text: string] | undefined {
  return names
    .map((name) => [name, cutWhiteSpace(environment[name] ?? '')] as const)
    .find(([, text]) => text !== '');
}

export function checkEnvironment(environment: NodeJS.ProcessEnv): ConfigProblem[] {
  const { PORT, NODE_TLS_REJECT_UNAUTHORIZED: tlsCheck } = environment;
  const problems = checkProxies(environment);
  if (PORT !== undefined && cutWhiteSpace(PORT) !== '' && readPort(PORT) === undefined)
    problems.push(describeVariable('PORT', PORT, 'a whole number from 0 to 65535'));
  if (tlsCheck === '0')
    problems.push(
      describeVariable(
        'NODE_TLS_REJECT_UNAUTHORIZED',
        tlsCheck,
        'none: certificates are always checked. To trust a certificate authority, name its file as caFile of the source',
      ),
    );
  return problems;
}

function describeVariable(name: string, value: string, expected: string): ConfigProblem {
  return { line: undefined, path: `environment variable ${name}`, found: JSON.stringify(value), expected };
}

function readPort(text = ''): number | undefined {
  const digits = cutWhiteSpace(text);
  const port = Number(digits);
  return /^\d{1,5}$/.test(digits) && port <= 65_535 ? port : undefined;
}
