import { execFileSync, spawn, type ChildProcess } from 'node:child_process';

/** A program that has ended. */
export interface Ended {
  readonly exitCode: number | null;
  readonly output: string;
  readonly errorOutput: string;
}

/** A program that this test started. */
export interface Running {
  /** Resolves with all that was written so far, once the pattern is in it; rejects when the program ends before. */
  waitFor(pattern: RegExp): Promise<string>;
  /** Sends a signal and waits for the end. */
  stop(signal: NodeJS.Signals): Promise<Ended>;
  readonly ended: Promise<Ended>;
}

const longestRunMs = 60_000;

let isBuilt = false;

/** What Node.js runs the product by, as its users do. Builds it where that was not done since its sources changed. */
export function findProduct(): string {
  if (!isBuilt) execFileSync(process.execPath, ['scripts/build-if-stale.mjs'], { stdio: 'ignore' });
  isBuilt = true;
  return 'dist/main.js';
}

/** Runs the command line of the product, as written, to its end. */
export function runProduct(
  args: readonly string[],
  environment: Record<string, string> = {},
): Promise<Ended> {
  return startProductProcess(args, environment).ended;
}

/** Starts the product in a process of its own, with no other environment than what is given. */
export function startProductProcess(
  args: readonly string[],
  environment: Record<string, string> = {},
): Running {
  return startProcess([findProduct(), ...args], process.cwd(), environment);
}

/** Starts Node.js with these arguments, or another program. */
export function startProcess(
  args: readonly string[],
  folder: string,
  environment: Record<string, string> = {},
  timeout = longestRunMs,
  program = process.execPath,
): Running {
  const { PATH, HOME } = process.env;
  const child = spawn(program, args, {
    cwd: folder,
    env: { PATH, HOME, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    // What a failed test left running ends as well.
    timeout,
    killSignal: 'SIGKILL',
  });
  const written = { output: '', errorOutput: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => void (written.output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => void (written.errorOutput += text));
  const ended = new Promise<Ended>((resolve) =>
    child.once('close', (exitCode) => resolve({ exitCode, ...written })),
  );
  return {
    ended,
    waitFor: (pattern) =>
      Promise.race([waitForText(child, () => written.output, pattern), ended.then(failOnEnd)]),
    stop(signal) {
      child.kill(signal);
      return ended;
    },
  };
}

function waitForText(child: ChildProcess, read: () => string, pattern: RegExp): Promise<string> {
  return new Promise((resolve) => {
    const check = () => {
      if (pattern.test(read())) resolve(read());
    };
    child.stdout?.on('data', check);
    check();
  });
}

function failOnEnd({ exitCode, output, errorOutput }: Ended): never {
  throw new Error(`the program ended with ${exitCode}:\n${output}${errorOutput}`);
}
