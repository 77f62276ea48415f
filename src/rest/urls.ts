/** Whether a URL leads to this machine, by its host's name or address. */
export function isLoopback(url: string): boolean {
  return URL.canParse(url) && /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(new URL(url).hostname);
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
