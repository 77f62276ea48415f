import { EventEmitter } from 'node:events';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { queryObjects } from 'node:v8';
import { providers } from '../src/providers/index.ts';
import { startProduct } from '../src/start.ts';
import type { Figures } from './soak-figures.ts';

/** The product in a process that measures itself when its parent asks for it. Needs `--expose-gc`. */
process.env['NODE_ENV'] ??= 'production';

const product = await startProduct(process.argv[2], providers, {});
const loopDelay = monitorEventLoopDelay({ resolution: 10 });
loopDelay.enable();

let warnings = 0;
process.on('warning', ({ name }) => {
  // Measuring brings one about.
  if (name !== 'ExperimentalWarning') warnings += 1;
});

process.on('message', () => process.send?.(measure()));
process.once('disconnect', () => process.exit(1));
process.send?.({ url: product.server.url });

function measure(): Figures {
  const { percentile, max } = {
    percentile: (share: number) => loopDelay.percentile(share) / 1e6,
    max: loopDelay.max / 1e6,
  };
  const loopDelayMs = { p50: percentile(50), p99: percentile(99), max };
  // Twice: what finalizers let go of is collected by the second.
  for (let times = 0; times < 2; times += 1) globalThis.gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  const handles: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) handles[kind] = (handles[kind] ?? 0) + 1;
  const listeners = [process, ...listOpenHandles()].reduce(
    (sum, emitter) => sum + countListeners(emitter),
    0,
  );
  // All that are reachable, whoever holds them: agents, streams and sockets; the signals of requests and calls.
  const [emitters, signals] = [countObjects(EventEmitter), countObjects(AbortSignal)];
  loopDelay.reset();
  return {
    heapMb: heapUsed / 1e6,
    rssMb: rss / 1e6,
    handles,
    listeners,
    emitters,
    signals,
    warnings,
    loopDelayMs,
  };
}

/** The server and every open socket: Node.js counts them, but has no documented way to them. */
function listOpenHandles(): EventEmitter[] {
  const handles: unknown = Reflect.get(process, '_getActiveHandles').call(process);
  return Array.isArray(handles) ? handles.filter((handle) => handle instanceof EventEmitter) : [];
}

function countListeners(emitter: EventEmitter): number {
  return emitter.eventNames().reduce((sum, name) => sum + emitter.listenerCount(name), 0);
}

function countObjects(kind: typeof EventEmitter | typeof AbortSignal): number {
  return queryObjects(kind, { format: 'count' });
}
