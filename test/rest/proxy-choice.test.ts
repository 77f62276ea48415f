import { describe, expect, it } from '@jest/globals';
import { createConfig } from '../../src/config/load-config.ts';
import { createProxyChoice, parseProxy } from '../../src/rest/http/proxies.ts';

/** The proxy that leads to a URL, as host and port. */
function proxyTo(url: string, environment: NodeJS.ProcessEnv): string | undefined {
  const proxy = createProxyChoice(createConfig([], environment).proxies)(url);
  return proxy === undefined ? undefined : `${proxy.host}:${proxy.port}`;
}

describe('the proxies of the environment', () => {
  const both = { HTTP_PROXY: 'http://plain.example.com:1', HTTPS_PROXY: 'http://secure.example.com:2' };

  it.each<[string, NodeJS.ProcessEnv, string | undefined]>([
    ['https://api.example.com', both, 'secure.example.com:2'],
    ['http://api.example.com', both, 'plain.example.com:1'],
    [
      'https://api.example.com',
      { https_proxy: 'http://lower.example.com:3', ...both },
      'lower.example.com:3',
    ],
    ['https://api.example.com', { https_proxy: '', ...both }, 'secure.example.com:2'],
    ['https://api.example.com', { HTTPS_PROXY: ' http://proxy.example.com:4\n' }, 'proxy.example.com:4'],
    ['https://api.example.com', { HTTPS_PROXY: 'proxy.example.com:5' }, 'proxy.example.com:5'],
    ['https://api.example.com', { HTTPS_PROXY: 'http://proxy.example.com' }, 'proxy.example.com:80'],
    ['https://api.example.com', { HTTPS_PROXY: 'https://proxy.example.com' }, 'proxy.example.com:443'],
    ['https://api.example.com', { HTTPS_PROXY: 'http://[2001:db8::1]:6' }, '2001:db8::1:6'],
    ['https://api.example.com', { HTTP_PROXY: 'http://plain.example.com:1' }, undefined],
    ['https://api.example.com', {}, undefined],
    ['https://127.0.0.1:4000', both, undefined],
    ['https://127.9.9.9', both, undefined],
    ['http://localhost:4000', both, undefined],
    ['http://[::1]:4000', both, undefined],
  ])('to %s with %j: %s', (url, environment, proxy) => {
    expect(proxyTo(url, environment)).toBe(proxy);
  });

  it.each([
    'socks5://proxy.example.com:1080',
    'http://',
    'ftp://proxy.example.com',
    'http://proxy.example.com/path',
  ])('that cannot be used (%s) are told, without what may be a password', (value) => {
    const fails = () => createConfig([], { HTTPS_PROXY: value.replace('//', '//user:hidden@') });
    expect(fails).toThrow(
      'environment variable HTTPS_PROXY: found a text that is not shown, expected the URL of an HTTP proxy such as http://proxy.example.com:3128',
    );
    expect(fails).not.toThrow(/hidden/);
  });
});

describe('NO_PROXY', () => {
  it.each<[string, string, boolean]>([
    ['', 'https://api.example.com', false],
    ['*', 'https://api.example.com', true],
    ['example.org, *', 'https://api.example.com', true],
    ['api.example.com', 'https://api.example.com', true],
    ['API.Example.COM', 'https://api.example.com', true],
    ['api.example.com.', 'https://api.example.com', true],
    ['example.com', 'https://api.example.com', true],
    ['.example.com', 'https://api.example.com', true],
    ['*.example.com', 'https://api.example.com', true],
    ['.example.com', 'https://example.com', true],
    ['ample.com', 'https://api.example.com', false],
    ['com.example', 'https://api.example.com', false],
    ['api.example.com', 'https://example.com', false],
    ['example.org example.com', 'https://api.example.com', true],
    ['example.org,,example.com,', 'https://api.example.com', true],
    ['example.com:443', 'https://api.example.com', true],
    ['example.com:8443', 'https://api.example.com', false],
    ['example.com:8443', 'https://api.example.com:8443', true],
    ['example.com:80', 'http://api.example.com', true],
    ['10.1.2.3', 'https://10.1.2.3', true],
    ['0.1.2.3', 'https://10.1.2.3', false],
    ['10.0.0.0/8', 'https://10.1.2.3', true],
    ['10.0.0.0/8', 'https://11.1.2.3', false],
    ['10.0.0.0/8', 'https://10.example.com', false],
    ['10.0.0.0/99', 'https://10.1.2.3', false],
    ['[2001:db8::1]', 'https://[2001:db8::1]', true],
    ['2001:db8::1', 'https://[2001:db8:0::1]:8443', true],
    ['[2001:db8::1]:443', 'https://[2001:db8::1]:8443', false],
    ['2001:db8::/32', 'https://[2001:db8:7::1]', true],
  ])('%s lets %s be reached directly: %s', (list, url, isDirect) => {
    const proxy = { HTTP_PROXY: 'http://p.example.com', HTTPS_PROXY: 'http://p.example.com' };
    for (const name of ['NO_PROXY', 'no_proxy'])
      expect(proxyTo(url, { ...proxy, [name]: list }) === undefined).toBe(isDirect);
  });
});

it('a user name and password are percent-encoded in the URL of a proxy', () => {
  expect(parseProxy('http://us%40er:p%3Ass@proxy.example.com:1')).toMatchObject({
    host: 'proxy.example.com',
    authorization: `Basic ${Buffer.from('us@er:p:ss').toString('base64')}`,
  });
  expect(parseProxy('http://user:%zz@proxy.example.com:1')).toBeUndefined();
});
