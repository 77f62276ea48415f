import { z } from 'zod';
import { ConfigError } from './config/problems.ts';
import { SchemaMapError } from './graph/schema.ts';
import { UsageError } from './usage-error.ts';

/** A sentence for the user about a start that failed; undefined where it failed by a mistake of ours. */
export function describeFailure(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const isExplained =
    error instanceof UsageError || error instanceof ConfigError || error instanceof SchemaMapError;
  return isExplained ? error.message : describeListenFailure(error);
}

/** What Node.js says of a `listen` that failed, or of a host name it could not resolve. */
const listenFailure = z
  .object({
    code: z.string(),
    syscall: z.enum(['listen', 'bind', 'getaddrinfo']),
    port: z.number(),
    address: z.string(),
    hostname: z.string(),
    setting: z.string(),
  })
  .partial({ port: true, address: true, hostname: true, setting: true });

function describeListenFailure(error: object): string | undefined {
  const { data } = listenFailure.safeParse({ ...error });
  if (data === undefined) return undefined;
  const { code, syscall, port, address, hostname, setting } = data;
  const [host, portSetting] =
    setting === undefined ? ['HOST or server.host', 'PORT'] : [`${setting}.host`, `${setting}.port`];
  if (syscall === 'getaddrinfo')
    return `The host ${hostname} cannot be resolved (${code}): set another with ${host}.`;
  const place = `Port ${port} of ${address}`;
  if (code === 'EADDRINUSE')
    return `${place} is in use: set another with ${portSetting}, or stop the program that listens there.`;
  if (code === 'EADDRNOTAVAIL')
    return `${address} is not an address of this machine: set another with ${host}.`;
  if (code === 'EACCES')
    return `This user may not listen on port ${port} of ${address}: set another with ${portSetting}, from 1024 up.`;
  return `Cannot listen on port ${port} of ${address} (${code}): set another address with ${host}, or port with ${portSetting}.`;
}
