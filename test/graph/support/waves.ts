import { sandboxApi as cro } from '../../../src/sandbox/providers/cro.ts';
import { sandboxApi as elevate } from '../../../src/sandbox/providers/elevate.ts';
import { sandboxApi as sage200 } from '../../../src/sandbox/providers/sage200.ts';
import { createWorld } from '../../../src/sandbox/world/index.ts';
import type { SourceEntry } from '../../support/product.ts';

/**
 * Simulated REST APIs that count round trips: every call is held until no further one comes, then all that are held
 * are answered at once. What is asked for only after that depends on an answer of before, and is the next wave.
 */
export interface WavedApis {
  readonly sources: Readonly<Record<'elevate' | 'sage200' | 'cro', SourceEntry>>;
  /** Calls by wave, such as `cro /customers/1`. */
  readonly waves: string[][];
  close(): Promise<void>;
}

/**
 * So long without a call is the end of a wave, and after that so many rounds of the event loop: a busy machine may
 * have kept this process from calls that are there. Product and APIs share it, so that nothing is under way elsewhere.
 */
const quietMs = 25;
const quietRounds = 20;

export async function startWavedApis(): Promise<WavedApis> {
  const world = createWorld(1);
  const waves: string[][] = [];
  let held: { readonly call: string; readonly answer: () => void }[] = [];
  let timer: NodeJS.Timeout | undefined;

  async function endQuietWave(): Promise<void> {
    const { length } = held;
    for (let round = 0; round < quietRounds; round += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      // A further call has set the timer anew.
      if (held.length !== length) return;
    }
    endWave();
  }

  function endWave(): void {
    const ended = held;
    held = [];
    waves.push(ended.map(({ call }) => call));
    for (const { answer } of ended) answer();
  }

  function hold(call: string): Promise<void> {
    clearTimeout(timer);
    timer = setTimeout(() => void endQuietWave(), quietMs);
    return new Promise((answer) => void held.push({ call, answer }));
  }

  const servers = await Promise.all(
    [elevate, sage200, cro].map(async (api) => {
      const app = api.createApp(world);
      app.addHook('onRequest', ({ url }) =>
        hold(
          `${api.provider} ${decodeURIComponent(url).replace(/^\/v1|^\/uk\/sage200extra\/accounts\/v1/, '')}`,
        ),
      );
      const url = await app.listen({ host: '127.0.0.1', port: 0 });
      app.server.unref();
      return {
        app,
        entry: [
          api.provider,
          { provider: api.provider, maxConcurrency: 1_000, ...api.settings(url) },
        ] as const,
      };
    }),
  );
  const entries = new Map<string, SourceEntry>(servers.map(({ entry }) => entry));
  const find = (provider: string) => entries.get(provider) ?? { provider };
  return {
    sources: { elevate: find('elevate'), sage200: find('sage200'), cro: find('cro') },
    waves,
    async close() {
      clearTimeout(timer);
      for (const { app } of servers) {
        app.server.closeAllConnections();
        await app.close();
      }
    },
  };
}
