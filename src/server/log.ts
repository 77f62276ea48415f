import { pino, type Logger } from 'pino';
import { UpstreamError } from '../rest/errors.ts';

/** More that waits to be written is dropped: nobody reads it, and memory is needed for other things. */
const mostWaitingBytes = 1_000_000;

/** Causes of causes are told this far. */
const deepestCause = 3;

/**
 * The server's log: a line of JSON for each event, on standard output. A reader that is slow or gone, or a disk that
 * is full, costs lines and nothing else.
 */
export function createLog(level: string): Logger {
  let dropped = 0;
  const output = {
    write(line: string): void {
      if (process.stdout.writableLength + line.length > mostWaitingBytes) {
        dropped += 1;
        return;
      }
      const lost = dropped;
      dropped = 0;
      process.stdout.write(line);
      if (lost > 0)
        log.warn({ lines: lost }, 'log lines were dropped: nothing reads standard output in time');
    },
  };
  const log: Logger = pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, serializers: { err: describeError } },
    output,
  );
  return log;
}

function describeError(error: unknown): unknown {
  try {
    return describeParts(error, 0);
  } catch {
    // An error whose parts cannot be read is one all the same.
    return { type: 'unknown' };
  }
}

/** Nothing but what is known to be harmless: libraries attach what they have sent and received. */
function describeParts(error: unknown, depth: number): unknown {
  if (!(error instanceof Error)) return { type: typeof error };
  const { name: type, message, stack } = error;
  // Not what it was made from: the source's whole definition, and causes that may quote what was received.
  if (error instanceof UpstreamError)
    return { type, message, code: error.code, source: error.source.name, reason: error.reason, stack };
  return {
    type: error.constructor.name,
    message,
    ...('code' in error && typeof error.code === 'string' ? { code: error.code } : {}),
    stack,
    ...(error.cause === undefined || depth >= deepestCause
      ? {}
      : { cause: describeParts(error.cause, depth + 1) }),
  };
}
