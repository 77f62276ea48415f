import { pino, stdSerializers, type Logger } from 'pino';
import { UpstreamError } from '../rest/errors.ts';

/** The server's log: a line of JSON for each event, on standard output. */
export function createLog(level: string): Logger {
  return pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: describeError },
  });
}

/** Upstream failures without what they were made from: the source's whole definition, and causes that may quote what was received. */
function describeError(error: unknown): unknown {
  if (!(error instanceof UpstreamError))
    return error instanceof Error ? stdSerializers.err(error) : { type: typeof error };
  const { name: type, message, code, source, reason, stack } = error;
  return { type, message, code, source: source.name, reason, stack };
}
