import type { IncomingMessage } from 'node:http';
import { LRUCache } from 'lru-cache';
import { canonicalAddress, isLoopbackHost, parseAuthority, type Authority } from '../rest/authority.ts';
import type { Config } from '../config/load-config.ts';

/** Why a request is refused before anything else is looked at. */
export interface RequestProblem {
  readonly status: number;
  readonly message: string;
}

type HostSettings = Pick<Config['server'], 'host' | 'hosts' | 'admin'>;

/** `http://customers.example.com:4000/graphql`: what is before the path, and the path. */
const absoluteTarget = /^https?:\/\/([^/?#]*)(.*)$/i;

/** Checks what a request says of its protocol, target and host. */
export function createRequestCheck(
  settings: HostSettings,
): (request: IncomingMessage, target: string) => RequestProblem | undefined {
  const isOwnHost = createHostCheck(settings);
  return (request, target) => {
    const { httpVersion, headers, socket } = request;
    if (httpVersion !== '1.1' && httpVersion !== '1.0')
      return refuse(400, 'This server speaks HTTP/1.1 and HTTP/1.0.');
    const named = readHost(request, target);
    if (typeof named === 'string') return refuse(400, named);
    // Browsers always send a Host: an HTTP/1.0 request without one is not from a web page.
    if (named !== undefined && !isOwnHost(named, socket.localAddress ?? ''))
      return refuse(
        421,
        `This server does not serve the host ${named.name}. If it is meant to, add the name to server.hosts.`,
      );
    const { expect, 'content-encoding': encoding } = headers;
    if (expect !== undefined && !/^100-continue$/i.test(expect))
      return refuse(417, 'The only expectation that can be met is 100-continue.');
    if (encoding !== undefined && !/^identity$/i.test(encoding))
      return refuse(415, 'The body of a request must not be compressed.');
    return undefined;
  };
}

function refuse(status: number, message: string): RequestProblem {
  return { status, message };
}

/** The host a request is meant for, undefined if HTTP/1.0 names none; a string describes what is wrong. */
function readHost(
  { httpVersion, headers: { host }, rawHeaders }: IncomingMessage,
  target: string,
): Authority | string | undefined {
  if (countHosts(rawHeaders) > 1) return 'A request has one Host header, and this has several.';
  const header = host === undefined ? undefined : parseAuthority(host);
  if (host !== undefined && header === undefined) return 'The Host header is not a host name or address.';
  if (host === undefined && httpVersion === '1.1') return 'An HTTP/1.1 request needs a Host header.';
  if (target.startsWith('/') || target === '*') return header;
  const inTarget = parseAuthority(absoluteTarget.exec(target)?.[1] ?? '');
  // The target overrules the header: RFC 9112, 3.2.2.
  return inTarget ?? 'The target of a request is a path, or an http URL.';
}

/** Node.js keeps only the first of several. */
function countHosts(rawHeaders: readonly string[]): number {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    if (name.length === 4 && name.toLowerCase() === 'host') count += 1;
  }
  return count;
}

/**
 * Recognises the hosts of this server. Without it, a web page could make its own name resolve to this machine and read
 * everything (DNS rebinding). Loopback names and the address of the connection itself are always safe.
 */
function createHostCheck({
  host,
  hosts,
  admin,
}: HostSettings): (named: Authority, localAddress: string) => boolean {
  const own = [host, ...hosts, ...(admin === undefined ? [] : [admin.host])].flatMap(
    (text) => parseAuthority(text) ?? parseAuthority(`[${text}]`) ?? [],
  );
  const isOwn = (named: Authority, localAddress: string) =>
    isLoopbackHost(named.name) ||
    named.name === canonicalAddress(localAddress) ||
    own.some(({ name, port }) => name === named.name && (port === undefined || isSamePort(port, named.port)));
  // Clients name few hosts, each many times; reading an address costs as much as the rest of a refusal.
  const known = new LRUCache<string, boolean>({ max: 1_000 });
  return (named, localAddress) => {
    const key = `${named.name} ${named.port} ${localAddress}`;
    const isKnown = known.get(key) ?? isOwn(named, localAddress);
    known.set(key, isKnown);
    return isKnown;
  };
}

/** A port that is not named is the default one of http or https. */
function isSamePort(own: number, named: number | undefined): boolean {
  return named === undefined ? own === 80 || own === 443 : own === named;
}

/**
 * The path and query that a target asks this server for.
 *
 * @param prefix `/api/customers`, which a reverse proxy may have left in place; empty for none
 */
export function toOwnPath(target: string, prefix: string): string {
  const path = target.startsWith('/') ? target : readPath(target);
  if (prefix === '' || !path.startsWith(prefix)) return path;
  const rest = path.slice(prefix.length);
  if (rest === '' || rest.startsWith('?')) return `/${rest}`;
  return rest.startsWith('/') ? rest : path;
}

/** A target without a path, such as `*`, leads nowhere. */
function readPath(target: string): string {
  const path = absoluteTarget.exec(target)?.[2] ?? '*';
  return path.startsWith('/') ? path : `/${path}`;
}
