import { execFile } from 'node:child_process';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

/** A certificate authority that nobody knows, and a server's certificate by it. */
export interface TestAuthority {
  /** To be removed by the test. */
  readonly folder: string;
  /** PEM file with the authority's own certificate. */
  readonly caFile: string;
  /** What a server at one of the names needs. */
  readonly server: { readonly key: Buffer; readonly cert: Buffer };
}

/** @param names of the server: host names, or IP addresses */
export async function createAuthority(names: readonly string[]): Promise<TestAuthority> {
  const folder = await mkdtemp(path.join(tmpdir(), 'customer-graph-ca-'));
  const at = (file: string) => path.join(folder, file);
  const run = (...args: readonly string[]) => promisify(execFile)('openssl', args, { cwd: folder });
  const alternatives = names.map((name) => `${/^[\d.]+$/.test(name) ? 'IP' : 'DNS'}:${name}`).join(',');
  await writeFile(at('server.ext'), `subjectAltName=${alternatives}\n`);
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  await run(
    ...['req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', '/CN=Test CA'],
  );
  await run(...['req', ...key, '-keyout', 'server.key', '-out', 'server.csr', '-subj', '/CN=server']);
  await run(
    ...['x509', '-req', '-in', 'server.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial'],
    ...['-out', 'server.pem', '-days', '2', '-extfile', 'server.ext'],
  );
  return {
    folder,
    caFile: at('ca.pem'),
    server: { key: await readFile(at('server.key')), cert: await readFile(at('server.pem')) },
  };
}
