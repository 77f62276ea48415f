import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { readCommandLine } from '../src/command-line.ts';
import { ConfigError } from '../src/config/problems.ts';
import { describeFailure } from '../src/describe-failure.ts';
import { SchemaMapError } from '../src/graph/schema.ts';
import { UsageError } from '../src/usage-error.ts';
import { runProduct, startProductProcess } from './support/command-line.ts';
import { postQuery } from './support/product.ts';
import { startStubServer } from './support/recording-server.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'customer-graph-cli-'));
const goodFile = path.join(folder, 'good.yaml');
const badFile = path.join(folder, 'bad.yaml');

writeFileSync(
  goodFile,
  `auth: { mode: none }
server: { port: 0 }
sources:
  sage-uk:
    provider: sage200
    baseUrl: https://api.example.com/v1
    subscriptionKey: "\${SAGE_KEY}"
    auth: { type: bearer, token: "\${SAGE_TOKEN}" }
`,
);
writeFileSync(
  badFile,
  'auth: { mode: none }\nsources:\n  sage-uk: { provider: sage200, subscriptionKey: literal-key }\n',
);

afterAll(() => rmSync(folder, { recursive: true }));

describe('the command line', () => {
  it('--help tells how to use it', async () => {
    const { exitCode, output, errorOutput } = await runProduct(['--help']);
    expect({ exitCode, errorOutput }).toEqual({ exitCode: 0, errorOutput: '' });
    for (const word of [
      '--config FILE',
      '--check',
      '--version',
      'HOST',
      'PORT',
      'CUSTOMER_GRAPH_CONFIG',
      'docs/configuration.md',
    ]) {
      expect(output).toContain(word);
    }
  });

  it('--version prints the version of package.json', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
    expect(await runProduct(['--version'])).toEqual({ exitCode: 0, output: `${version}\n`, errorOutput: '' });
  });

  it.each(['config', 'check'])('does not serve the sandbox where npm has kept --%s to itself', (name) => {
    expect(() => readCommandLine([], { [`npm_config_${name}`]: 'true' })).toThrow(
      `npm has kept --${name} to itself: write "npm start -- --config FILE".`,
    );
  });

  it('refuses what it does not know', async () => {
    const refusals = {
      "Unknown option '--prot'. See --help.": ['--prot', '4000'],
      "Unexpected argument 'serve'. See --help.": ['serve'],
      "Option '--config <value>' argument missing. See --help.": ['--config'],
      '--check needs a configuration: add --config FILE.': ['--check'],
    };
    await Promise.all(
      Object.entries(refusals).map(async ([message, args]) => {
        expect(await runProduct(args)).toEqual({ exitCode: 1, output: '', errorOutput: `${message}\n` });
      }),
    );
  });

  it('takes the file from the command line before the environment', () => {
    const environment = { CUSTOMER_GRAPH_CONFIG: 'b.yaml' };
    expect(readCommandLine([], environment)).toEqual({ action: 'serve', configFile: 'b.yaml' });
    expect(readCommandLine(['--config', 'a.yaml', '--check'], environment)).toEqual({
      action: 'check',
      configFile: 'a.yaml',
    });
    expect(readCommandLine(['-h'], {})).toEqual({ action: 'help', configFile: undefined });
  });

  it('takes an empty variable for none', () => {
    const environment = { CUSTOMER_GRAPH_CONFIG: '' };
    expect(readCommandLine([], environment)).toEqual({ action: 'serve', configFile: undefined });
    expect(() => readCommandLine(['--check'], environment)).toThrow(UsageError);
  });
});

describe('a failure at the start', () => {
  it('that speaks to the user is printed as it is', () => {
    expect(describeFailure(new UsageError('--check needs a configuration.'))).toBe(
      '--check needs a configuration.',
    );
    const problem = { line: undefined, path: 'PORT', found: '"web"', expected: 'a whole number' };
    expect(describeFailure(new ConfigError(undefined, [problem]))).toMatch(
      /^The environment has a mistake:\n {2}PORT: found "web"[^\n]*$/,
    );
    expect(describeFailure(new SchemaMapError(['A field has no value.']))).not.toMatch(/\n\s+at /);
  });

  it('says where it cannot listen', () => {
    const listen = { syscall: 'listen', address: '192.0.2.7', port: 80 };
    const describe = (failure: object) => describeFailure(Object.assign(new Error('listen'), failure));
    expect(describe({ ...listen, code: 'EADDRNOTAVAIL' })).toBe(
      '192.0.2.7 is not an address of this machine: set another with HOST or server.host.',
    );
    expect(describe({ ...listen, code: 'EACCES' })).toBe(
      'This user may not listen on port 80 of 192.0.2.7: set another with PORT, from 1024 up.',
    );
    expect(describe({ ...listen, code: 'EADDRINUSE', setting: 'server.admin' })).toBe(
      'Port 80 of 192.0.2.7 is in use: set another with server.admin.port, or stop the program that listens there.',
    );
    expect(describe({ ...listen, code: 'EPERM' })).toBe(
      'Cannot listen on port 80 of 192.0.2.7 (EPERM): set another address with HOST or server.host, or port with PORT.',
    );
    expect(describe({ syscall: 'getaddrinfo', hostname: 'nowhere.example.com', code: 'ENOTFOUND' })).toBe(
      'The host nowhere.example.com cannot be resolved (ENOTFOUND): set another with HOST or server.host.',
    );
  });

  it('of any other kind is a mistake of ours, and belongs into the log', () => {
    for (const error of [new Error('a library gave up'), new TypeError('a mistake of ours'), 'a text'])
      expect(describeFailure(error)).toBeUndefined();
  });
});

describe('--check', () => {
  const secrets = { SAGE_KEY: 'key-of-environment', SAGE_TOKEN: 'token-of-environment' };

  it('ends with 0 for a good file', async () => {
    const output = `${goodFile} is fine: sage-uk (Sage 200).\n`;
    expect(await runProduct(['--check', '--config', goodFile], secrets)).toEqual({
      exitCode: 0,
      output,
      errorOutput: '',
    });
    expect(await runProduct(['--check'], { ...secrets, CUSTOMER_GRAPH_CONFIG: goodFile })).toMatchObject({
      exitCode: 0,
      output,
    });
  });

  it('ends with 1 for a bad one, and lists its mistakes', async () => {
    const { exitCode, output, errorOutput } = await runProduct(['--check', '--config', badFile], secrets);
    expect({ exitCode, output }).toEqual({ exitCode: 1, output: '' });
    expect(errorOutput).toContain('has 2 mistakes');
    expect(errorOutput).toContain('bad.yaml:3 sources.sage-uk.baseUrl: found nothing');
    expect(errorOutput).toContain('bad.yaml:3 sources.sage-uk.auth: found nothing');
    expect(errorOutput).not.toMatch(/literal-key|of-environment|\n\s+at /);
  });
});

describe('a start', () => {
  it('without configuration serves the sandbox, says so, and stops on SIGTERM', async () => {
    const product = startProductProcess([], { PORT: '0' });
    const banner = await product.waitFor(/Ctrl\+C/);
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(banner)?.[0] ?? '';
    expect(banner).toContain(`${url}/graphql`);
    expect(banner).toContain(`${url}/ `);
    expect(banner).toContain('all simulated: every customer is invented');
    for (const title of ['Elevate', 'Sage 200', 'CRO Software'])
      expect(banner).toMatch(new RegExp(`${title} +http://127\\.0\\.0\\.1:\\d+`));
    const { data, errors } = await postQuery(
      url,
      '{ customersByIds(ids: ["elevate:1", "sage200:1", "cro:1"]) { __typename } }',
    );
    expect(errors).toEqual([]);
    expect(data['customersByIds']).toEqual(
      ['ElevateCustomer', 'Sage200Customer', 'CroCustomer'].map((__typename) => ({ __typename })),
    );

    const metrics = await (await fetch(`${url}/metrics`)).text();
    for (const name of [
      'process_resident_memory_bytes',
      'nodejs_eventloop_lag_p99_seconds',
      'customer_graph_operations_total',
    ])
      expect(metrics).toMatch(new RegExp(`^${name}(\\{.*\\})? [\\d.e-]+$`, 'm'));

    const { exitCode, errorOutput } = await product.stop('SIGTERM');
    expect({ exitCode, errorOutput }).toEqual({ exitCode: 0, errorOutput: '' });
    await expect(fetch(url)).rejects.toThrow();
  });

  it('with a configuration serves its sources, and stops on SIGINT', async () => {
    const product = startProductProcess(['--config', goodFile], { SAGE_KEY: 'key', SAGE_TOKEN: 'token' });
    const banner = await product.waitFor(/Ctrl\+C/);
    expect(banner).toMatch(/sage-uk\s+Sage 200\n/);
    expect(banner).not.toContain('simulated');
    expect((await product.stop('SIGINT')).exitCode).toBe(0);
  });

  it('with a bad configuration fails', async () => {
    const errorOutput =
      '/nowhere.yaml has a mistake:\n  /nowhere.yaml: found no such file, expected a YAML file\n';
    expect(await runProduct(['--config', '/nowhere.yaml'])).toEqual({ exitCode: 1, output: '', errorOutput });
  });

  it.each([
    ['with the sandbox', []],
    ['with a configuration', ['--config', goodFile]],
  ])('%s fails where the port is in use', async (_what, args) => {
    const other = await startStubServer(() => ({}));
    const environment = { PORT: new URL(other.url).port, SAGE_KEY: 'key', SAGE_TOKEN: 'token' };
    const { exitCode, errorOutput } = await runProduct(args, environment);
    expect({ exitCode, errorOutput }).toEqual({
      exitCode: 1,
      errorOutput: `Port ${environment.PORT} of 127.0.0.1 is in use: set another with PORT, or stop the program that listens there.\n`,
    });
    await other.close();
  });

  it('fails for a PORT that is none', async () => {
    const { exitCode, errorOutput } = await runProduct([], { PORT: 'web' });
    expect(exitCode).toBe(1);
    expect(errorOutput).toContain(
      'environment variable PORT: found "web", expected a whole number from 0 to 65535',
    );
  });
});
