import { isLoopbackHost } from './authority.ts';

/** The host of a URL, without the brackets of an IPv6 address. */
export function hostOf({ hostname }: Pick<URL, 'hostname'>): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}

/** Whether a URL leads to this machine. */
export function isLoopback(url: string): boolean {
  return URL.canParse(url) && isLoopbackHost(hostOf(new URL(url)));
}

/** Whether what is sent to a URL could be read on its way through a network. */
export function isOpenToNetwork(url: string): boolean {
  return URL.canParse(url) && new URL(url).protocol === 'http:' && !isLoopback(url);
}

export function hasUserInfo(url: string): boolean {
  return URL.canParse(url) && (new URL(url).username !== '' || new URL(url).password !== '');
}

export function hasQueryOrFragment(url: string): boolean {
  return URL.canParse(url) && (new URL(url).search !== '' || new URL(url).hash !== '');
}
