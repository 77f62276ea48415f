import { writeFileSync } from 'node:fs';
import { open, readFile, rename, rm, stat, writeFile, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { errorCodeOf } from '../error-code.ts';
import { CredentialError } from './credential-error.ts';
import { LockHeldError, takeLock } from './lock-file.ts';
import {
  formatTokens,
  NotTokensError,
  parseTokens,
  resolveTokenFile,
  type TokenState,
} from './token-file.ts';
import type { TokenSession, TokenStore } from './token-store.ts';

/** Another process asks the token endpoint meanwhile, once or twice. */
const lockWaitMs = 125_000;

/**
 * Keeps tokens in a file that processes may share. Three files stand side by side: `<file>` with the newest tokens,
 * `<file>.lock` while a process renews them, and `<file>.new`, made before new tokens are asked for and renamed once
 * they are safe in it. A process that is killed in between leaves its `.new` to the next one.
 *
 * @param warn told, without secrets, what an operator has to fix
 */
export class TokenFileStore implements TokenStore {
  readonly #file: string;
  readonly #warn: (message: string) => void;
  /** What could not be written, as long as the file is the same. */
  #unsaved: { readonly state: TokenState; readonly version: string } | undefined;

  constructor(file: string, warn: (message: string) => void) {
    this.#file = resolveTokenFile(file);
    this.#warn = warn;
  }

  async open(): Promise<TokenSession> {
    const unlock = await this.#lock();
    try {
      await this.#recover();
      return this.#createSession(await this.#read(), unlock);
    } catch (error) {
      await unlock();
      throw error;
    }
  }

  async version(): Promise<string> {
    try {
      const { ino, mtimeMs, size } = await stat(this.#file);
      return `${ino} ${mtimeMs} ${size}`;
    } catch {
      return 'none';
    }
  }

  async #lock(): Promise<() => Promise<void>> {
    try {
      return await takeLock(`${this.#file}.lock`, lockWaitMs);
    } catch (cause) {
      // Where no lock can be made nobody else can write tokens either.
      if (!(cause instanceof LockHeldError)) return async () => {};
      const message = 'another process is renewing the tokens in tokenFile, and does not come to an end';
      throw new CredentialError('UPSTREAM_UNAVAILABLE', message, { cause });
    }
  }

  /** Puts what a killed process has left in its place. */
  async #recover(): Promise<void> {
    try {
      const content = await readFile(`${this.#file}.new`);
      if (content[0] === '{'.charCodeAt(0) && parseTokens(content) !== undefined) {
        await this.#rename();
        return;
      }
    } catch (error) {
      if (!(error instanceof NotTokensError)) return;
    }
    this.#warn(
      'a process ended while it waited for new tokens: if the refresh token in tokenFile is refused now, its successor is lost',
    );
    await rm(`${this.#file}.new`, { force: true }).catch(() => {});
  }

  async #read(): Promise<TokenState | undefined> {
    if (this.#unsaved !== undefined && this.#unsaved.version === (await this.version()))
      return this.#unsaved.state;
    this.#unsaved = undefined;
    try {
      return parseTokens(await readFile(this.#file));
    } catch (cause) {
      if (errorCodeOf(cause) === 'ENOENT') return undefined;
      const why =
        cause instanceof NotTokensError
          ? 'holds something else than tokens'
          : `cannot be read (${errorCodeOf(cause) ?? 'unknown failure'})`;
      throw new CredentialError('UPSTREAM_UNAUTHORIZED', `tokenFile ${why}`, { isLasting: true, cause });
    }
  }

  #createSession(known: TokenState | undefined, unlock: () => Promise<void>): TokenSession {
    let fresh: FileHandle | undefined;
    let kept: TokenState | undefined;
    let failure: unknown;
    return {
      known,
      prepare: async () => {
        try {
          fresh ??= await open(`${this.#file}.new`, 'wx', 0o600);
          // The first call takes longer.
          writeFileSync(fresh.fd, '');
        } catch (error) {
          failure = error;
        }
      },
      keep: (state) => {
        kept = state;
        try {
          // Synchronous: until this is done the vendor has forgotten the old token, and we do not know the new one.
          if (fresh !== undefined) writeFileSync(fresh.fd, formatTokens(state));
        } catch (error) {
          failure = error;
        }
      },
      close: async () => {
        try {
          if (failure !== undefined) throw failure;
          if (kept !== undefined) await this.#save(kept, fresh);
        } catch (error) {
          if (kept !== undefined) await this.#rememberUnsaved(kept, error);
        }
        await fresh?.close().catch(() => {});
        if (kept === undefined || failure !== undefined)
          await rm(`${this.#file}.new`, { force: true }).catch(() => {});
        await unlock();
      },
    };
  }

  async #save(state: TokenState, fresh: FileHandle | undefined): Promise<void> {
    await fresh?.sync();
    try {
      await this.#rename();
    } catch (error) {
      // A file that is mounted by itself (`docker -v token:/token`) cannot be replaced, but written.
      if (errorCodeOf(error) !== 'EBUSY') throw error;
      await writeFile(this.#file, formatTokens(state), { flush: true });
    }
    this.#unsaved = undefined;
  }

  /** The folder is written as well, or after a loss of power the old file may be there again. */
  async #rename(): Promise<void> {
    await rename(`${this.#file}.new`, this.#file);
    const folder = await open(path.dirname(this.#file), 'r');
    // Not every file system can.
    await folder.sync().catch(() => {});
    await folder.close();
  }

  /** The tokens live in memory; after a restart the old one would be tried, and refused. */
  async #rememberUnsaved(state: TokenState, error: unknown): Promise<void> {
    this.#unsaved = { state, version: await this.version() };
    this.#warn(
      `the newest refresh token could not be written to tokenFile (${errorCodeOf(error) ?? 'unknown failure'}): it is lost with this process`,
    );
  }
}
