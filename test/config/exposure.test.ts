import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { canonicalAddress, isLoopbackHost, parseAuthority } from '../../src/rest/authority.ts';
import { createConfig, loadConfig, type Config } from '../../src/config/load-config.ts';
import { providers } from '../../src/providers/index.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'customer-graph-exposure-'));
const file = path.join(folder, 'customer-graph.yaml');

afterAll(() => rmSync(folder, { recursive: true }));

const source = `sources:
  elevate: { provider: elevate, baseUrl: 'https://rest.example.com/v1', auth: { type: bearer, token: t } }
`;

function load(head: string, environment: NodeJS.ProcessEnv = {}): Config {
  writeFileSync(file, `${head}\n${source}`);
  return loadConfig(file, providers, environment);
}

const jwt =
  '{ mode: jwt, issuer: "https://id.example.com/", audience: x, jwksUrl: "https://id.example.com/keys" }';

/** Addresses that other machines may reach, in every spelling that a system takes. */
const openHosts = [
  '0.0.0.0',
  '::',
  '0',
  '192.0.2.7',
  '2001:db8::7',
  '::ffff:192.0.2.7',
  'fe80::1%eth0',
  'customers.example.com',
  // It may resolve to anything.
  'my-machine',
  'localhost.example.com',
  '127.0.0.1.example.com',
  '128.0.0.1',
  '::2',
];

const closedHosts = [
  '127.0.0.1',
  '127.4.5.6',
  '::1',
  '0:0:0:0:0:0:0:1',
  '::ffff:127.0.0.1',
  '::1%lo',
  'localhost',
  'LOCALHOST',
  'localhost.',
];

describe('real sources that callers need no token for', () => {
  it.each(openHosts)('are not served on %s by accident', (host) => {
    const refusal = (setting: string, line: number) =>
      `customer-graph.yaml:${line} auth.mode: found none, while ${setting} is ${host}, which other machines can reach, ` +
      'expected jwt, a loopback address such as 127.0.0.1, or "exposed: true" beside it if anyone may read all customers';
    const places = [
      () => load(`server: { host: "${host}" }\nauth: { mode: none }`),
      () => load('auth: { mode: none }', { HOST: host }),
      () => load(`auth: { mode: none }\nserver: { admin: { port: 1, host: "${host}" } }`),
    ];
    expect(places[0]).toThrow(refusal('server.host', 2));
    expect(places[1]).toThrow(refusal('HOST', 1));
    expect(places[2]).toThrow(refusal('server.admin.host', 1));
  });

  it.each(openHosts)('are served on %s where the file says so, or callers need a token', (host) => {
    expect(load('auth: { mode: none, exposed: true }', { HOST: host }).auth).toEqual({
      mode: 'none',
      exposed: true,
    });
    expect(load(`auth: ${jwt}`, { HOST: host }).server.host).toBe(host);
  });

  it.each(closedHosts)('are served on %s', (host) => {
    expect(load(`server: { host: "${host}" }\nauth: { mode: none }`).server.host).toBe(host);
    expect(isLoopbackHost(host)).toBe(true);
  });

  it('are told of beside other mistakes', () => {
    expect(() => load('auth: { mode: none }', { HOST: '0.0.0.0', PORT: 'web' })).toThrow(/has 2 mistakes/);
  });

  it('are none in the sandbox', () => {
    expect(createConfig([], { HOST: '0.0.0.0' }).server.host).toBe('0.0.0.0');
  });
});

describe('certificates', () => {
  const environment = { NODE_TLS_REJECT_UNAUTHORIZED: '0' };
  const refusal =
    'environment variable NODE_TLS_REJECT_UNAUTHORIZED: found "0", expected none: certificates are always checked. To trust a certificate authority, name its file as caFile of the source';

  it('are checked, whatever the environment says', () => {
    expect(() => load('auth: { mode: none }', environment)).toThrow(refusal);
    expect(() => createConfig([], environment)).toThrow(refusal);
    expect(load('auth: { mode: none }', { NODE_EXTRA_CA_CERTS: '/etc/ca.pem' }).sources).toHaveLength(1);
  });
});

describe('auth.jwksUrl', () => {
  it.each([
    ['https://me:hidden@id.example.com/keys', 'a URL without user name and password'],
    ['https://me@id.example.com/keys', 'a URL without user name and password'],
    ['https://id.example.com/keys?key=hidden', 'a URL without query and fragment'],
    ['https://id.example.com/keys#hidden', 'a URL without query and fragment'],
    ['http://id.example.com/keys', 'https: plain http is for loopback hosts only'],
    ['file:///etc/keys', 'an http or https URL'],
  ])('is not %s', (url, expected) => {
    const fails = () => load(`auth: ${jwt.replace('https://id.example.com/keys', url)}`);
    expect(fails).toThrow(expected);
    expect(fails).not.toThrow(/hidden/);
  });
});

describe('server.trustProxy', () => {
  it.each(['192.0.2.7', '10.0.0.0/8', '0.0.0.0/0', '2001:db8::/32', '::1'])('takes %s', (network) => {
    expect(load(`auth: ${jwt}\nserver: { trustProxy: ["${network}"] }`).server.trustProxy).toEqual([network]);
  });

  it.each([
    '',
    'proxy.example.com',
    '10.0.0.0/33',
    '::1/129',
    '10.0.0/8',
    '10.0.0.0/',
    '[::1]',
    '1.2.3.4:80',
  ])('refuses %j', (network) => {
    expect(() => load(`auth: ${jwt}\nserver: { trustProxy: ["${network}"] }`)).toThrow(
      /:2 server\.trustProxy\.0: found .*, expected an address or a network/,
    );
  });
});

describe('server.hosts and server.path', () => {
  it.each([
    'customers.example.com',
    'Customers.Example.com.',
    'gateway:8080',
    '192.0.2.7',
    '[2001:db8::7]:4000',
    'a_b',
  ])('takes the host %s', (host) => {
    expect(load(`auth: ${jwt}\nserver: { hosts: ["${host}"] }`).server.hosts).toEqual([host]);
  });

  it.each([
    '',
    '*',
    'a b',
    'a,b',
    'https://a',
    'a/b',
    'me@a',
    'a:b',
    'a:70000',
    '::1',
    '[1.2.3.4]',
    '1.2.3.999',
    '.',
  ])('refuses the host %j', (host) => {
    expect(() => load(`auth: ${jwt}\nserver: { hosts: ["${host}"] }`)).toThrow(
      /:2 server\.hosts\.0: found .*, expected a host name or address, with or without a port/,
    );
  });

  it.each(['/', '/api', '/api/', '/api/customers', '/~me/v1.2/a-b_c'])('takes the path %s', (prefix) => {
    expect(load(`auth: ${jwt}\nserver: { path: ${prefix} }`).server.path).toBe(prefix);
  });

  it.each(['api', 'https://a/b', '/a//b', '/a/../b', '/.', '/a b', '/a?b', '/a%2fb', '/"><script>'])(
    'refuses the path %s',
    (prefix) => {
      expect(() => load(`auth: ${jwt}\nserver: { path: '${prefix}' }`)).toThrow(
        'expected a path such as /api/customers',
      );
    },
  );

  it.each(['/graphql', '/health/', '/metrics', '/assets/x'])(
    'refuses the path %s, which is its own',
    (prefix) => {
      expect(() => load(`auth: ${jwt}\nserver: { path: ${prefix} }`)).toThrow(
        "a path that is not one of the server's own",
      );
    },
  );
});

describe('an authority', () => {
  it.each([
    ['LocalHost.', { name: 'localhost', port: undefined }],
    ['127.0.0.1:4000', { name: '127.0.0.1', port: 4_000 }],
    ['[0:0:0:0:0:0:0:1]:80', { name: '::1', port: 80 }],
    ['[::FFFF:127.0.0.1]', { name: '127.0.0.1', port: undefined }],
    ['a:', { name: 'a', port: undefined }],
    ['a..', undefined],
    ['[::1', undefined],
    ['[::1%25lo]', undefined],
    ['a:123456', undefined],
    ['a\u0000', undefined],
  ])('%j is %j', (text, authority) => {
    expect(parseAuthority(text)).toEqual(authority);
  });

  it.each([
    ['::ffff:10.1.2.3', '10.1.2.3'],
    ['::FFFF:a01:203', '10.1.2.3'],
    ['2001:DB8:0:0::1', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['10.1.2.3', '10.1.2.3'],
  ])('the address %s is %s', (address, canonical) => {
    expect(canonicalAddress(address)).toBe(canonical);
  });
});
