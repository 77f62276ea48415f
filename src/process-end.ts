import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { RunningProduct } from './start.ts';

/** npm passes on a signal that the terminal has sent to this process already: so soon, a second one is the first again. */
const repeatMs = 500;

/** The most that a stop takes besides waiting for others. */
const longestStopMs = 5_000;

/** How long the last lines of the log may take to be read. */
const lastLinesMs = 500;

/** A process that fails over and over is in no state to finish anything. */
const mostMistakes = 10;

/** How the process comes to its end. */
export interface ProcessEnd {
  /** From now on, running operations are finished first. */
  watch(product: RunningProduct): void;
  /** Ends the process when its last lines have been written. */
  exit(code: number): Promise<never>;
}

/**
 * Shuts the process down after running operations: on a signal, and on an uncaught exception, which is one line in the
 * log.
 *
 * @param log for uncaught exceptions, whatever the configured level
 */
export function createProcessEnd(log: Logger): ProcessEnd {
  let product: RunningProduct | undefined;
  let mistakes = 0;
  let isExiting = false;

  async function exit(code: number): Promise<never> {
    // Whoever was first waits for the last lines.
    if (isExiting) return new Promise<never>(() => {});
    isExiting = true;
    await Promise.race([written(process.stdout), sleep(lastLinesMs)]);
    process.exit(mistakes > 0 ? 1 : code);
  }

  /** Stops, and ends the process whether or not that succeeds. */
  async function stop(running: RunningProduct, end: () => Promise<void>): Promise<void> {
    try {
      await end();
      await exit(0);
    } catch (error) {
      running.log.error({ err: error }, 'the stop failed');
      await exit(1);
    }
  }

  function endAfterMistake(error: unknown): void {
    mistakes += 1;
    process.exitCode = 1;
    log.fatal({ err: error }, 'uncaught exception');
    if (product === undefined || mistakes > mostMistakes) return void exit(1);
    if (mistakes > 1) return;
    const running = product;
    setTimeout(() => void exit(1), running.stopMs + longestStopMs);
    void stop(running, () => running.drain());
  }

  process.on('uncaughtException', (error) => {
    try {
      endAfterMistake(error);
    } catch {
      process.exit(1);
    }
  });

  return {
    watch(running) {
      product = running;
      // A failure that nothing waits for is a mistake of ours, and no reason to end everybody's operations.
      process.on('unhandledRejection', (error) => {
        running.metrics.rejectionUnhandled();
        running.log.error({ err: error }, 'unhandled rejection');
      });
      stopOnSignals(running, stop);
    },
    exit,
  };
}

/** The first signal stops in an orderly way, a second one at once. */
function stopOnSignals(
  product: RunningProduct,
  stop: (product: RunningProduct, end: () => Promise<void>) => Promise<void>,
): void {
  let firstAtMs: number | undefined;
  const stopOn = (signal: 'SIGINT' | 'SIGTERM', end: () => Promise<void>) => {
    process.on(signal, () => {
      const nowMs = performance.now();
      if (firstAtMs !== undefined && nowMs > firstAtMs + repeatMs) {
        product.log.warn({ signal }, 'ended at once, with what was under way');
        process.exit(128 + constants.signals[signal]);
      }
      if (firstAtMs !== undefined) return;
      firstAtMs = nowMs;
      void stop(product, end);
    });
  };
  // Ctrl+C is pressed by somebody who waits; SIGTERM comes from a platform that looks at readiness first.
  stopOn('SIGINT', () => product.close());
  stopOn('SIGTERM', () => product.drain());
}

/** Resolves when everything written before has been handed over. */
function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => void stream.write('', () => resolve()));
}
