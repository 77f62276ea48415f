import { createAccessTokens } from '../../../src/rest/credentials/access-tokens.ts';
import { credentialSettings } from '../../../src/rest/credentials/settings.ts';
import { noProxies } from '../../../src/rest/http/proxies.ts';

/**
 * Signs in as a source does, calls an API with its token until that is taken, and writes `read` or why not. Arguments: the
 * settings of the sign-in as JSON, and the URL of the API.
 */
const [settings = '', api = ''] = process.argv.slice(2);
const auth = credentialSettings.parse(JSON.parse(settings));
const tokens = createAccessTokens(auth, {
  network: {},
  chooseProxy: noProxies,
  warn: (message) => console.log(`warned: ${message}`),
});
const { signal } = new AbortController();

async function read(): Promise<boolean> {
  const token = await tokens.current(signal);
  const { ok } = await fetch(api, { headers: { authorization: `Bearer ${token}` } });
  return ok || ((await tokens.renew(token, signal)) && read());
}

console.log('started');
console.log(await read().then(String, (error: unknown) => `failed: ${String(error)}`));
