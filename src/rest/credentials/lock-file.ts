import { closeSync, openSync, writeSync } from 'node:fs';
import { link, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { errorCodeOf } from '../error-code.ts';

/** Another process has held the lock for all the time that was given. */
export class LockHeldError extends Error {
  override readonly name = 'LockHeldError';
}

const pollMs = 50;

/** The owner of a lock shows so often that it is there … */
const signMs = 5_000;
/** … and one that has not for so long is gone, perhaps with a machine that cannot be asked. */
const abandonedMs = 30_000;
/** Long enough to write an owner's name into a new lock. */
const unsignedMs = 2_000;

/** What this process holds: another lock with its process id is that of an earlier process. */
const held = new Set<string>();

const ownerShape = z.object({ pid: z.int().min(1), host: z.string() });

/**
 * Takes a lock that processes share by a file. A lock whose owner has died is taken over.
 *
 * @returns what releases it, which never fails
 * @throws LockHeldError after `waitMs`; the file system's error where the file cannot be made
 */
export async function takeLock(file: string, waitMs: number): Promise<() => Promise<void>> {
  const giveUpAtMs = performance.now() + waitMs;
  while (!tryToTake(file)) {
    if (performance.now() > giveUpAtMs) throw new LockHeldError('another process holds the lock');
    if (!(await removeAbandoned(file))) await sleep(pollMs);
  }
  const signing = setInterval(() => {
    const now = new Date();
    utimes(file, now, now).catch(() => {});
  }, signMs).unref();
  return async () => {
    clearInterval(signing);
    await rm(file, { force: true }).catch(() => {});
    held.delete(file);
  };
}

function tryToTake(file: string): boolean {
  if (held.has(file)) return false;
  try {
    const descriptor = openSync(file, 'wx', 0o600);
    held.add(file);
    writeSync(descriptor, JSON.stringify({ pid: process.pid, host: hostname() }));
    closeSync(descriptor);
    return true;
  } catch (error) {
    if (errorCodeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** @returns whether the lock can be tried again at once */
async function removeAbandoned(file: string): Promise<boolean> {
  if (held.has(file)) return false;
  const aside = `${file}.${process.pid}`;
  try {
    const judged = await stat(file);
    if (!(await isAbandoned(file, Date.now() - judged.mtimeMs))) return false;
    await rename(file, aside);
    const moved = await stat(aside);
    // Another process has removed it before, and holds the lock now: it is put back.
    if (moved.ino !== judged.ino || moved.mtimeMs !== judged.mtimeMs) await link(aside, file);
    return true;
  } catch {
    // Another process was faster.
    return false;
  } finally {
    await rm(aside, { force: true }).catch(() => {});
  }
}

async function isAbandoned(file: string, ageMs: number): Promise<boolean> {
  if (ageMs > abandonedMs) return true;
  const { data: owner } = ownerShape.safeParse(parse(await readFile(file, 'utf8')));
  if (owner === undefined) return ageMs > unsignedMs;
  return owner.host === hostname() && (owner.pid === process.pid || !isRunning(owner.pid));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCodeOf(error) !== 'ESRCH';
  }
}
