import { BlockList, isIP } from 'node:net';
import { canonicalAddress } from '../authority.ts';
import { hostOf, isLoopback } from '../urls.ts';

/** An HTTP proxy. */
export interface Proxy {
  readonly protocol: 'http:' | 'https:';
  /** Without the brackets of an IPv6 address. */
  readonly host: string;
  readonly port: number;
  /** The value of `proxy-authorization`, where the proxy wants one. */
  readonly authorization: string | undefined;
}

/** The name that a proxy's certificate must bear; empty for an address, which is checked as such. */
export function serverNameOf({ host }: Proxy): string {
  return isIP(host) === 0 ? host : '';
}

/** Which proxy leads to a URL; undefined where none is needed. */
export type ProxyChoice = (url: string) => Proxy | undefined;

/** Reads a proxy's URL, or `host:port` as many programs take it. Undefined where it is none. */
export function parseProxy(text: string): Proxy | undefined {
  const href = text.includes('://') ? text : `http://${text}`;
  if (!URL.canParse(href)) return undefined;
  const url = new URL(href);
  const { protocol, port, username, password } = url;
  if (protocol !== 'http:' && protocol !== 'https:') return undefined;
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') return undefined;
  const user = decode(username);
  const secret = decode(password);
  if (user === undefined || secret === undefined) return undefined;
  return {
    protocol,
    host: hostOf(url),
    port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
    authorization:
      user === '' && secret === ''
        ? undefined
        : `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`,
  };
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** The proxies of a process, by the protocol of what they lead to. */
export interface Proxies {
  readonly http: Proxy | undefined;
  readonly https: Proxy | undefined;
  /** Hosts that are reached without: see `parseNoProxy`. */
  readonly except: string;
}

/** This machine is always reached without a proxy. */
export function createProxyChoice({ http, https, except }: Proxies): ProxyChoice {
  const isExempt = parseNoProxy(except);
  return (href) => {
    const url = new URL(href);
    if (isLoopback(href) || isExempt(url)) return undefined;
    return url.protocol === 'https:' ? https : http;
  };
}

/** No proxy leads anywhere. */
export const noProxies: ProxyChoice = () => undefined;

/**
 * Reads a list of hosts that are reached without a proxy: names with all that is below them, with a dot or `*.` before
 * them or not; IP addresses and ranges (`10.0.0.0/8`); each with a port or without; `*` for all.
 */
function parseNoProxy(list: string): (url: URL) => boolean {
  const tests = list
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .map(parseEntry);
  return (url) => tests.some((matches) => matches(url));
}

function parseEntry(entry: string): (url: URL) => boolean {
  if (entry === '*') return () => true;
  const range = /^([^/]+)\/(\d{1,3})$/.exec(entry);
  if (range !== null) return parseRange(range[1] ?? '', Number(range[2]));
  const [, bracketed, plain = entry, port] = /^(?:\[(.+)\]|([^:]+))(?::(\d+))?$/.exec(entry) ?? [];
  const name = canonicalAddress(
    (bracketed ?? plain)
      .toLowerCase()
      .replace(/^\*?\./, '')
      .replace(/\.$/, ''),
  );
  return (url) => {
    if (port !== undefined && Number(port) !== portOf(url)) return false;
    const host = canonicalAddress(hostOf(url).replace(/\.$/, ''));
    return host === name || (isIP(host) === 0 && host.endsWith(`.${name}`));
  };
}

function parseRange(address: string, prefix: number): (url: URL) => boolean {
  const addresses = new BlockList();
  try {
    addresses.addSubnet(address, prefix, isIP(address) === 6 ? 'ipv6' : 'ipv4');
  } catch {
    return () => false;
  }
  return (url) => {
    const host = hostOf(url);
    const family = isIP(host);
    return family !== 0 && addresses.check(host, family === 6 ? 'ipv6' : 'ipv4');
  };
}

function portOf({ port, protocol }: URL): number {
  if (port !== '') return Number(port);
  return protocol === 'https:' ? 443 : 80;
}
