import { BlockList, isIP, isIPv4 } from 'node:net';

/** A host as a client or the configuration names it, with its port where one is named. */
export interface Authority {
  /** In lower case and without a final dot; an address in its canonical form and without brackets. */
  readonly name: string;
  readonly port: number | undefined;
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

const pattern = /^(?:\[([\da-f:.]{2,45})\]|([\w-]+(?:\.[\w-]+)*)\.?)(?::(\d{0,5}))?$/i;

/** Reads `name`, `name:port`, `[::1]:4000`; undefined for anything else, such as two hosts or a user name. */
export function parseAuthority(text: string): Authority | undefined {
  const [, ipv6, name = '', portText = ''] = pattern.exec(text) ?? [];
  const port = portText === '' ? undefined : Number(portText);
  if (port !== undefined && port > 65_535) return undefined;
  if (ipv6 !== undefined) return isIP(ipv6) === 6 ? { name: canonicalAddress(ipv6), port } : undefined;
  // Four numbers that are not an address, for example.
  return URL.canParse(`http://${name}`) ? { name: name.toLowerCase(), port } : undefined;
}

/** One spelling for each IP address: without a zone, shortened, and IPv4 also where it is mapped into IPv6. */
export function canonicalAddress(address: string): string {
  const [withoutZone = ''] = address.split('%');
  if (isIP(withoutZone) !== 6) return withoutZone;
  const shortened = new URL(`http://[${withoutZone}]`).hostname.slice(1, -1);
  const [, high, low] = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/.exec(shortened) ?? [];
  if (high === undefined || low === undefined) return shortened;
  const bytes = [high, low].flatMap((group) => [
    Number.parseInt(group, 16) >> 8,
    Number.parseInt(group, 16) & 255,
  ]);
  return bytes.join('.');
}

function isLoopbackAddress(address: string): boolean {
  const canonical = canonicalAddress(address);
  return isIP(canonical) !== 0 && loopback.check(canonical, isIPv4(canonical) ? 'ipv4' : 'ipv6');
}

/** `localhost`, however it is spelt. What it resolves to is checked when the server listens. */
export function isLocalhost(host: string): boolean {
  return host.toLowerCase().replace(/\.$/, '') === 'localhost';
}

/** Whether a host is this machine as seen from itself. Other names may resolve to anything, and are not. */
export function isLoopbackHost(host: string): boolean {
  return isLocalhost(host) || isLoopbackAddress(host);
}

/** A range of addresses: `10.0.0.0/8`, or a single address. */
export interface Subnet {
  readonly address: string;
  readonly prefix: number;
  readonly family: 'ipv4' | 'ipv6';
}

/** Reads `10.0.0.0/8`, `2001:db8::/32` or an address; undefined for anything else. */
export function parseSubnet(text: string): Subnet | undefined {
  const [, address = '', prefixText] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const version = isIP(address);
  if (version === 0) return undefined;
  const longest = version === 4 ? 32 : 128;
  const prefix = prefixText === undefined ? longest : Number(prefixText);
  return prefix > longest ? undefined : { address, prefix, family: version === 4 ? 'ipv4' : 'ipv6' };
}

/** Tells whether addresses are in any of some ranges; IPv4 also where it is mapped into IPv6. */
export function createAddressCheck(subnets: readonly Subnet[]): (address: string) => boolean {
  const list = new BlockList();
  for (const { address, prefix, family } of subnets) list.addSubnet(address, prefix, family);
  return (address) => {
    const canonical = canonicalAddress(address);
    return isIP(canonical) !== 0 && list.check(canonical, isIPv4(canonical) ? 'ipv4' : 'ipv6');
  };
}
