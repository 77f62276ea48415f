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

export function checkEnvironment(environment: NodeJS.ProcessEnv): ConfigProblem[] {
  const { PORT, NODE_TLS_REJECT_UNAUTHORIZED: tlsCheck } = environment;
  const problems: ConfigProblem[] = [];
  if (PORT !== undefined && cutWhiteSpace(PORT) !== '' && readPort(PORT) === undefined)
    problems.push(describeVariable('PORT', PORT, 'a whole number from 0 to 65535'));
  if (tlsCheck === '0')
    problems.push(
      describeVariable(
        'NODE_TLS_REJECT_UNAUTHORIZED',
        tlsCheck,
        'none: certificates are always checked. To trust a certificate authority, set NODE_EXTRA_CA_CERTS to its file',
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
