import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { runProduct, startProductProcess, type Running } from './support/command-line.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'customer-graph-exposed-'));

afterAll(() => rmSync(folder, { recursive: true }));

/** Writes a configuration with one source. */
function writeConfig(name: string, head: string): string {
  const file = path.join(folder, name);
  const source = `{ provider: elevate, baseUrl: 'https://rest.example.com/v1', auth: { type: bearer, token: t } }`;
  writeFileSync(file, `${head}\nsources: { elevate: ${source} }\n`);
  return file;
}

const unsaid = writeConfig('unsaid.yaml', 'auth: { mode: none }');
const said = writeConfig('said.yaml', 'auth: { mode: none, exposed: true }\nserver: { port: 0 }');

/** The URL of a server that listens on all addresses. */
async function urlOf(product: Running): Promise<string> {
  const banner = await product.waitFor(/Ctrl\+C/);
  return /GraphQL +(http:\/\/127\.0\.0\.1:\d+)\//.exec(banner)?.[1] ?? '';
}

describe('real sources without tokens', () => {
  it.each(['--check', undefined])('are not opened to the network by HOST (%s)', async (option) => {
    const args = ['--config', unsaid, ...(option === undefined ? [] : [option])];
    const { exitCode, output, errorOutput } = await runProduct(args, { HOST: '0.0.0.0', PORT: '0' });
    expect({ exitCode, output }).toEqual({ exitCode: 1, output: '' });
    expect(errorOutput).toBe(
      `${unsaid} has a mistake:\n  ${unsaid}:1 auth.mode: found none, while HOST is 0.0.0.0, which other machines can reach, ` +
        'expected jwt, a loopback address such as 127.0.0.1, or "exposed: true" beside it if anyone may read all customers\n',
    );
  });

  it('are where the file says so, which is warned of where people and monitors look', async () => {
    const product = startProductProcess(['--config', said], { HOST: '0.0.0.0' });
    const url = await urlOf(product);
    const ready = await (await fetch(`${url}/health/ready`)).json();
    const { exitCode, output, errorOutput } = await product.stop('SIGINT');
    const warning = 'Callers need no token: anyone who can reach this server may read all customers.';
    expect({ exitCode, errorOutput, ready }).toEqual({
      exitCode: 0,
      errorOutput: '',
      ready: { status: 'ok', exposed: true },
    });
    expect(output).toContain(`  ${warning}\n`);
    const logged = output.split('\n').filter((line) => line.startsWith('{'));
    expect(logged.map((line) => JSON.parse(line))).toMatchObject([
      { level: 40, host: '0.0.0.0', msg: warning },
    ]);
  });
});

describe('the sandbox', () => {
  it('says that other machines can reach it', async () => {
    const product = startProductProcess([], { HOST: '0.0.0.0', PORT: '0' });
    const url = await urlOf(product);
    expect(await (await fetch(`${url}/health/ready`)).json()).toEqual({ status: 'ok' });
    const { exitCode, output } = await product.stop('SIGINT');
    expect(exitCode).toBe(0);
    expect(output).toContain('  Other machines can reach this server. Its customers are invented.\n');
    // The simulated APIs are as close as ever.
    expect(output.match(/http:\/\/127\.0\.0\.1:\d+\n/g)).toHaveLength(3);
  });
});

describe('a start with NODE_TLS_REJECT_UNAUTHORIZED=0', () => {
  it.each([[[]], [['--config', said]]])('is refused: %j', async (args) => {
    const environment = { NODE_TLS_REJECT_UNAUTHORIZED: '0', PORT: '0' };
    const { exitCode, output, errorOutput } = await runProduct(args, environment);
    expect({ exitCode, output }).toEqual({ exitCode: 1, output: '' });
    expect(errorOutput).toContain(
      'environment variable NODE_TLS_REJECT_UNAUTHORIZED: found "0", expected none',
    );
    expect(errorOutput).not.toMatch(/\n\s+at /);
  });
});
