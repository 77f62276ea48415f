import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const program = fileURLToPath(new URL('../../src/sandbox/serve.ts', import.meta.url));

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(...options: string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(process.execPath, ['--import', 'tsx', program, ...options], (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

describe('npm run sandbox', () => {
  it('explains itself', async () => {
    expect(await run('--help')).toEqual({ code: 0, stdout: expect.stringContaining('--seed N'), stderr: '' });
  });

  it.each([['--seed', 'x'], ['--seed=-1'], ['--sead', '1']])(
    'refuses %s %s in one line',
    async (...options) => {
      const { code, stdout, stderr } = await run(...options);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(/^[^\n]+\n$/);
    },
  );
});
