import type { ConfigProblem } from './problems.ts';

export interface ServerAddress {
  readonly host: string;
  readonly port: number;
}

/** `HOST` and `PORT` override the file, as hosting platforms expect. Empty ones count as not set. */
export function applyEnvironment<T extends ServerAddress>(server: T, { HOST, PORT }: NodeJS.ProcessEnv): T {
  return {
    ...server,
    host: HOST === undefined || HOST === '' ? server.host : HOST,
    port: readPort(PORT) ?? server.port,
  };
}

export function checkEnvironment({ PORT }: NodeJS.ProcessEnv): ConfigProblem[] {
  if (PORT === undefined || PORT === '' || readPort(PORT) !== undefined) return [];
  const expected = 'a whole number from 0 to 65535';
  return [{ line: undefined, path: 'environment variable PORT', found: JSON.stringify(PORT), expected }];
}

function readPort(text = ''): number | undefined {
  const port = Number(text);
  return /^\d{1,5}$/.test(text) && port <= 65_535 ? port : undefined;
}
