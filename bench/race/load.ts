import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';

const result = z.object({
  requests: z.number(),
  seconds: z.number().positive(),
  /** Requests without an answer, or with another status than 200. */
  failed: z.number(),
  p50Ms: z.number(),
  p99Ms: z.number(),
});

export type LoadResult = z.output<typeof result>;

export interface Load {
  readonly url: string;
  /** A file with a request body on every line. */
  readonly bodiesFile: string;
  readonly clients: number;
  readonly seconds: number;
  readonly core: number;
}

const script = fileURLToPath(new URL('cycle.lua', import.meta.url));

/** Posts the bodies in turn with wrk, as fast as they are answered. */
export async function runLoad({ url, bodiesFile, clients, seconds, core }: Load): Promise<LoadResult> {
  const wrk = [
    'wrk',
    '-t',
    '1',
    '-c',
    String(clients),
    '-d',
    `${seconds}s`,
    '--timeout',
    '30s',
    '-s',
    script,
    url,
  ];
  const { stdout } = await promisify(execFile)('taskset', ['-c', String(core), ...wrk], {
    env: { PATH: process.env['PATH'], BODIES: bodiesFile },
  });
  return result.parse(JSON.parse(stdout.trim().split('\n').at(-1) ?? ''));
}
