import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startProcess, type Running } from '../support/command-line.ts';
import { postQuery } from '../support/product.ts';

let product: Running;
let url: string;

beforeAll(async () => {
  product = startProcess(['--import', 'tsx', 'test/support/processes/rejecting-product.ts'], process.cwd(), {
    PORT: '0',
  });
  url = /http:\/\/127\.0\.0\.1:\d+/.exec(await product.waitFor(/Ctrl\+C/))?.[0] ?? '';
});

afterAll(() => product.stop('SIGINT'));

async function readCount(): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^customer_graph_unhandled_rejections_total (\d+)$/m.exec(text)?.[1]);
}

describe('a failure that nothing waits for', () => {
  it('is logged and counted, and the product goes on', async () => {
    expect(await readCount()).toBe(0);
    void product.stop('SIGUSR2');
    const output = await product.waitFor(/no answer.*\n/);
    const lines = output
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line));
    const upstream = {
      type: 'UpstreamError',
      code: 'UPSTREAM_TIMEOUT',
      source: 'north',
      reason: 'no answer',
      message: expect.any(String),
    };
    const stack = expect.any(String);
    expect(lines).toEqual([
      {
        level: 50,
        time: expect.any(String),
        msg: 'unhandled rejection',
        err: { type: 'Error', message: 'nobody waits for this', stack },
      },
      { level: 50, time: expect.any(String), msg: 'unhandled rejection', err: { ...upstream, stack } },
    ]);
    expect(output).not.toContain('canary');
    expect(await readCount()).toBe(2);
    for (const id of ['elevate:1', 'sage200:1', 'cro:1']) {
      const { status, data, errors } = await postQuery(url, `{ customer(id: "${id}") { id } }`);
      expect({ status, data, errors }).toEqual({ status: 200, data: { customer: { id } }, errors: [] });
    }
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
  });

  it('does not keep it from an orderly stop', async () => {
    expect((await product.stop('SIGTERM')).exitCode).toBe(0);
  });
});
