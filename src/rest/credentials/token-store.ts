import type { TokenState } from './token-file.ts';

/** Keeps the newest tokens of a sign-in. */
export interface TokenStore {
  /**
   * Waits until nobody else changes the tokens, in this process or in another.
   *
   * @throws CredentialError when that takes too long, or they cannot be read
   */
  open(): Promise<TokenSession>;
  /** Another one after each change of what is stored, whoever made it. */
  version(): Promise<string>;
}

/** Tokens that nobody else changes until it is closed. */
export interface TokenSession {
  readonly known: TokenState | undefined;
  /** To be called before new tokens are asked for: makes all ready to keep them without delay. */
  prepare(): Promise<void>;
  /** Keeps new tokens at once, so that they outlive the process if it is killed after this call. */
  keep(state: TokenState): void;
  /** Makes what was kept outlive the machine as well, and lets others have their turn. Never fails. */
  close(): Promise<void>;
}

/** For tokens that are lost with the process. */
export function createMemoryStore(): TokenStore {
  let known: TokenState | undefined;
  return {
    async open() {
      return {
        known,
        async prepare() {},
        keep: (state) => void (known = state),
        async close() {},
      };
    },
    version: async () => '',
  };
}
