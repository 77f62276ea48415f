import { z } from 'zod';
import { ConfigError } from './config/problems.ts';
import { SchemaMapError } from './graph/schema.ts';
import { UsageError } from './usage-error.ts';

/** What is printed of a start that failed: what speaks to the user as it is, anything else with the way to its place. */
export function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return 'customer-graph failed for an unknown reason.';
  const reason = describeListenFailure(error);
  if (reason !== undefined) return reason;
  const isExplained =
    error instanceof UsageError || error instanceof ConfigError || error instanceof SchemaMapError;
  return isExplained ? error.message : (error.stack ?? error.message);
}

/** What Node.js tells of a `listen` that failed, or of a host name that is none. */
const listenFailure = z
  .object({
    code: z.string(),
    syscall: z.enum(['listen', 'getaddrinfo']),
    port: z.number(),
    address: z.string(),
    hostname: z.string(),
  })
  .partial({ port: true, address: true, hostname: true });

function describeListenFailure(error: object): string | undefined {
  const { data } = listenFailure.safeParse({ ...error });
  if (data === undefined) return undefined;
  const { code, syscall, port, address, hostname } = data;
  if (syscall === 'getaddrinfo')
    return `The host ${hostname} is not known here (${code}): set another with HOST or server.host.`;
  const place = `Port ${port} of ${address}`;
  if (code === 'EADDRINUSE')
    return `${place} is in use: set another with PORT, or stop the program that listens there.`;
  if (code === 'EADDRNOTAVAIL')
    return `${address} is no address of this machine: set another with HOST or server.host.`;
  if (code === 'EACCES') return `${place} may not be used by this user: set another with PORT, from 1024 up.`;
  return `${place} cannot be listened at (${code}): set another with HOST and PORT.`;
}
