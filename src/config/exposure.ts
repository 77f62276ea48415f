import { isLoopbackHost } from '../rest/authority.ts';
import type { ConfigProblem } from './problems.ts';
import type { FileSettings } from './settings.ts';
import type { YamlFile } from './yaml-file.ts';

/** Whether callers without a token are let in from other machines, or may be through a proxy: said in the file. */
export function isExposed(auth: FileSettings['auth']): boolean {
  return auth.mode === 'none' && auth.exposed;
}

/** What has to be said at each start of who can reach the server; undefined where nothing is out of the ordinary. */
export function describeExposure(
  { server, auth }: Pick<FileSettings, 'server' | 'auth'>,
  isSimulated: boolean,
): string | undefined {
  if (isExposed(auth))
    return 'Callers need no token: anyone who can reach this server may read all customers.';
  return isSimulated && !isLoopbackHost(server.host)
    ? 'Other machines can reach this server. Its customers are invented.'
    : undefined;
}

/**
 * Finds a server that would serve the customers of real sources to everybody on the network, without that being
 * said in the file.
 *
 * @param server with the environment's address
 */
export function findAccidentalExposure(
  { server, auth }: Pick<FileSettings, 'server' | 'auth'>,
  yaml: Pick<YamlFile, 'lineOf'>,
  { HOST }: NodeJS.ProcessEnv,
): ConfigProblem[] {
  if (auth.mode !== 'none' || auth.exposed) return [];
  const addresses = [
    { setting: HOST === undefined || HOST === '' ? 'server.host' : 'HOST', host: server.host },
    ...(server.admin === undefined ? [] : [{ setting: 'server.admin.host', host: server.admin.host }]),
  ];
  const open = addresses.find(({ host }) => !isLoopbackHost(host));
  if (open === undefined) return [];
  return [
    {
      line: yaml.lineOf(['auth', 'mode']),
      path: 'auth.mode',
      found: `none, while ${open.setting} is ${open.host}, which other machines can reach`,
      expected:
        'jwt, a loopback address such as 127.0.0.1, or "exposed: true" beside it if anyone may read all customers',
    },
  ];
}
