import { accessSync, constants, readFileSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { errorCodeOf } from '../error-code.ts';
import { cutWhiteSpace, isToken } from '../sendable.ts';

/** What is known of a sign-in. */
export interface TokenState {
  readonly refreshToken: string;
  /** Tells which configured refresh token it began with; undefined in files that hold a refresh token only. */
  readonly beganWith?: string | undefined;
  readonly access?: StoredAccess | undefined;
}

export interface StoredAccess {
  readonly token: string;
  /** Tells the endpoint, client and scope that it was issued for. */
  readonly issuedFor: string;
  readonly obtainedAtMs: number;
  readonly expiresAtMs: number;
}

const stateShape = z.object({
  refreshToken: z.string().min(1),
  beganWith: z.string().optional(),
  access: z
    .object({
      token: z.string().refine(isToken),
      issuedFor: z.string(),
      obtainedAtMs: z.number(),
      expiresAtMs: z.number(),
    })
    .optional()
    // The refresh token is what counts.
    .catch(undefined),
});

/** The file holds something else than tokens. */
export class NotTokensError extends Error {
  override readonly name = 'NotTokensError';
}

export function formatTokens(state: TokenState): string {
  return `${JSON.stringify(state, undefined, 2)}\n`;
}

/**
 * Reads the content of a token file: JSON, or a refresh token alone.
 *
 * @returns undefined where there is none yet
 * @throws NotTokensError
 */
export function parseTokens(content: Buffer): TokenState | undefined {
  const text = cutWhiteSpace(content.toString('utf8').replace(/^\uFEFF/, ''));
  if (text === '') return undefined;
  if (isToken(text) && !text.startsWith('{')) return { refreshToken: text };
  try {
    return stateShape.parse(JSON.parse(text));
  } catch (cause) {
    throw new NotTokensError('not tokens', { cause });
  }
}

/** As many as Linux follows. */
const mostLinks = 40;

/** The file that a path leads to, however it is spelt; the file itself need not be there yet. */
export function resolveTokenFile(file: string, links = 0): string {
  try {
    return realpathSync(file);
  } catch {
    const target = links < mostLinks ? readLink(file) : undefined;
    if (target !== undefined) return resolveTokenFile(path.resolve(path.dirname(file), target), links + 1);
    return path.join(resolveFolder(path.dirname(path.resolve(file))), path.basename(file));
  }
}

function readLink(file: string): string | undefined {
  try {
    return readlinkSync(file);
  } catch {
    return undefined;
  }
}

function resolveFolder(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder;
  }
}

/**
 * What keeps tokens from being kept in a file: a refresh token can be used once, and the next one must not be lost.
 *
 * @returns what is expected in its place, undefined where all is well
 */
export function findTokenFileProblem(file: string): string | undefined {
  const target = resolveTokenFile(file);
  try {
    accessSync(path.dirname(target), constants.W_OK | constants.X_OK);
  } catch {
    return 'expected a file in a directory that exists and can be written to';
  }
  try {
    if (!statSync(target).isFile()) return 'expected a file';
    parseTokens(readFileSync(target));
    return undefined;
  } catch (error) {
    if (errorCodeOf(error) === 'ENOENT') return undefined;
    if (error instanceof NotTokensError)
      return 'expected a file for tokens: this one holds something else, which would be overwritten';
    return `expected a file that can be read (${errorCodeOf(error) ?? 'unknown failure'})`;
  }
}
