import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { findProduct, startProcess, type Ended, type Running } from './support/command-line.ts';
import { postQuery } from './support/product.ts';
import { startStubServer, type RecordingServer } from './support/recording-server.ts';
import { entryFor } from './support/sources.ts';
import { waitUntil } from './support/wait-until.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'customer-graph-end-'));
const configFile = path.join(folder, 'customer-graph.yaml');
const entry = ['--import', 'tsx', 'test/support/processes/failing-product.ts', '--config', configFile];

let api: RecordingServer;
/** Answers the call that waits. */
let answer = (): void => {};

beforeAll(async () => {
  api = await startStubServer(async () => {
    await new Promise<void>((resolve) => void (answer = resolve));
    return { body: { id: 1, customerName: 'Harbour Ltd' } };
  });
  writeFileSync(
    configFile,
    JSON.stringify({
      auth: { mode: 'none' },
      server: { port: 0, drainMs: 1_500, graceMs: 5_000 },
      // Even so, the process does not end without a line.
      log: { level: 'silent' },
      sources: { elevate: entryFor.elevate(api.url, { timeoutMs: 60_000, headersTimeoutMs: 60_000 }) },
    }),
  );
});

afterAll(async () => {
  rmSync(folder, { recursive: true });
  await api.close();
});

async function start(environment: Record<string, string> = {}): Promise<Running & { readonly url: string }> {
  const running = startProcess(entry, process.cwd(), environment);
  const banner = await running.waitFor(/Ctrl\+C/);
  return { ...running, url: /http:\/\/127\.0\.0\.1:\d+/.exec(banner)?.[0] ?? '' };
}

function linesOf({ output }: Ended): unknown[] {
  return output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
}

const fatal = {
  level: 60,
  time: expect.any(String),
  msg: 'uncaught exception',
  err: {
    type: 'TypeError',
    message: 'nothing caught this',
    stack: expect.any(String),
    cause: { type: 'Error', message: 'its cause', stack: expect.any(String) },
  },
};

/** Asks for a customer, and resolves when the call for it is under way. */
async function askSlowly(url: string): Promise<{ readonly answered: Promise<unknown> }> {
  const before = api.calls.length;
  const answered = postQuery(url, '{ customer(id: "elevate:1") { name } }').catch(() => 'cut');
  await waitUntil(() => api.calls.length > before);
  return { answered };
}

const served = { status: 200, data: { customer: { name: 'Harbour Ltd' } }, errors: [] };

async function readReadiness(url: string): Promise<number> {
  return (await fetch(`${url}/health/ready`)).status;
}

describe('an exception that nothing catches', () => {
  it('is one line in the log; what is under way is finished, and the process ends with 1', async () => {
    const product = await start();
    const asked = await askSlowly(product.url);
    const ended = product.stop('SIGUSR2');
    await waitUntil(async () => (await readReadiness(product.url)) === 503);
    answer();
    expect(await asked.answered).toMatchObject(served);
    const end = await ended;
    expect({ exitCode: end.exitCode, errorOutput: end.errorOutput, lines: linesOf(end) }).toEqual({
      exitCode: 1,
      errorOutput: '',
      lines: [fatal],
    });
    expect(end.output).not.toContain('canary');
  });

  it('while the product starts ends it at once', async () => {
    const end = await startProcess(entry, process.cwd(), { FAILURES: 'start' }).ended;
    expect({ exitCode: end.exitCode, errorOutput: end.errorOutput, lines: linesOf(end) }).toEqual({
      exitCode: 1,
      errorOutput: '',
      lines: [fatal],
    });
  });

  it('that fails the start ends it with a line', async () => {
    const end = await startProcess(entry, process.cwd(), { FAILURES: 'listen' }).ended;
    expect({ exitCode: end.exitCode, errorOutput: end.errorOutput, lines: linesOf(end) }).toEqual({
      exitCode: 1,
      errorOutput: '',
      lines: [{ ...fatal, msg: 'the start failed' }],
    });
  });

  it('while it stops does not keep it from that, but from ending as if all was well', async () => {
    const product = await start({ FAILURES: 'stop' });
    const asked = await askSlowly(product.url);
    const ended = product.stop('SIGTERM');
    await product.waitFor(/uncaught exception/);
    answer();
    expect(await asked.answered).toMatchObject(served);
    const end = await ended;
    expect({ exitCode: end.exitCode, errorOutput: end.errorOutput, lines: linesOf(end) }).toEqual({
      exitCode: 1,
      errorOutput: '',
      lines: [fatal],
    });
  });

  it('that comes twice is two lines, and what is under way is finished all the same', async () => {
    const product = await start();
    const asked = await askSlowly(product.url);
    void product.stop('SIGUSR2');
    await product.waitFor(/uncaught exception/);
    const ended = product.stop('SIGUSR2');
    await product.waitFor(/uncaught exception.*uncaught exception/s);
    answer();
    expect(await asked.answered).toMatchObject(served);
    const end = await ended;
    expect({ exitCode: end.exitCode, errorOutput: end.errorOutput, lines: linesOf(end) }).toEqual({
      exitCode: 1,
      errorOutput: '',
      lines: [fatal, fatal],
    });
  });

  it('that comes over and over ends the process soon', async () => {
    const product = await start({ FAILURES: 'again' });
    const asked = await askSlowly(product.url);
    const end = await product.stop('SIGUSR2');
    expect({ exitCode: end.exitCode, errorOutput: end.errorOutput }).toEqual({
      exitCode: 1,
      errorOutput: '',
    });
    expect(linesOf(end).length).toBeGreaterThan(1);
    expect(linesOf(end).length).toBeLessThan(30);
    expect(await asked.answered).toBe('cut');
  });

  it.each(['text', 'hostile'])('is one line whatever is thrown: a %s', async (FAILURE) => {
    const product = await start({ FAILURE });
    const end = await product.stop('SIGUSR2');
    expect({ exitCode: end.exitCode, errorOutput: end.errorOutput, lines: linesOf(end) }).toEqual({
      exitCode: 1,
      errorOutput: '',
      lines: [expect.objectContaining({ level: 60, msg: expect.stringContaining('uncaught exception') })],
    });
    expect(end.output).not.toContain('canary');
  });
});

describe('a process whose output is not read', () => {
  const args = [findProduct(), '--config', configFile];
  const environment = { PATH: process.env['PATH'], HOME: process.env['HOME'] };

  it('serves, logs into the void, and stops in order', async () => {
    const child = spawn(process.execPath, args, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    let errorOutput = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => void (errorOutput += text));
    let banner = '';
    for await (const text of child.stdout.setEncoding('utf8')) {
      banner += String(text);
      if (banner.includes('Ctrl+C')) break;
    }
    // Reading has come to its end, and with it the pipe.
    expect(child.stdout.destroyed).toBe(true);
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(banner)?.[0] ?? '';
    const asked = await askSlowly(url);
    answer();
    expect(await asked.answered).toMatchObject(served);
    child.kill('SIGTERM');
    const [exitCode] = await once(child, 'close');
    expect({ exitCode, errorOutput }).toEqual({ exitCode: 0, errorOutput: '' });
  });

  it('says nothing of a full disk, and ends with 1 for what it cannot do', async () => {
    const full = openSync('/dev/full', 'w');
    const child = spawn(process.execPath, [findProduct(), '--config', '/nowhere.yaml'], {
      env: environment,
      stdio: ['ignore', full, full],
    });
    expect(await once(child, 'exit')).toEqual([1, null]);
  });
});
