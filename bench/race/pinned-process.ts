import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A program on one processor core. */
export interface PinnedProcess {
  /** CPU time of the program and its children so far, in µs. Counted in hundredths of a second. */
  cpuMicros(): number;
  /** Resident memory of the program and its children, in MB. */
  residentMb(): number;
  stop(): Promise<void>;
}

export interface Program {
  readonly command: readonly string[];
  readonly folder: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly core: number;
  /** What the program writes goes there. */
  readonly logFile: string;
}

const longestStartMs = 60_000;
const longestStopMs = 5_000;
const microsPerTick = 10_000;

export function startPinned({ command, folder, environment, core, logFile }: Program): PinnedProcess {
  const { PATH, HOME } = process.env;
  const child = spawn('taskset', ['-c', String(core), ...command], {
    cwd: folder,
    env: { PATH, HOME, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log = createWriteStream(logFile);
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  const family = () => listFamily(child.pid ?? 0);
  return {
    cpuMicros: () => sum(family().map((pid) => readStat(pid).ticks * microsPerTick)),
    residentMb: () => sum(family().map(readResidentMb)),
    stop: () => stop(child),
  };
}

/** @throws Error when something listens at the port already */
export async function expectFreePort(port: number): Promise<void> {
  if (await isOpen(port)) throw new Error(`Port ${port} is in use. Stop the program that listens there.`);
}

/** @returns ms until something listens at the port */
export async function waitForPort(port: number): Promise<number> {
  const startMs = performance.now();
  while (!(await isOpen(port))) {
    if (performance.now() - startMs > longestStartMs) throw new Error(`nothing listens at port ${port}`);
    await sleep(5);
  }
  return performance.now() - startMs;
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    }).on('error', () => resolve(false));
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const killing = setTimeout(() => child.kill('SIGKILL'), longestStopMs);
  await ended;
  clearTimeout(killing);
}

/** The process and all that it started. */
function listFamily(root: number): number[] {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const parents = new Map(all.map((pid) => [Number(pid), readStat(Number(pid)).parent]));
  const isOf = (pid: number): boolean => pid === root || (parents.has(pid) && isOf(parents.get(pid) ?? 0));
  return [...parents.keys()].filter(isOf);
}

/** A process that has just ended has used nothing. */
function readStat(pid: number): { readonly parent: number; readonly ticks: number } {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in brackets, may hold anything.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) };
  } catch {
    return { parent: 0, ticks: 0 };
  }
}

function readResidentMb(pid: number): number {
  const [, kilobytes = '0'] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1_024;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
