import { Server } from 'node:net';

/**
 * The product as it is run, with mistakes in it that nothing catches, after each SIGUSR2 and where `FAILURES` says:
 * while it starts (`start`, or `listen` for a start that fails), after a SIGTERM (`stop`), over and over (`again`).
 * `FAILURE` says what is thrown.
 */
const { FAILURES = '', FAILURE = 'error' } = process.env;

function fail(): never {
  if (FAILURE === 'text') throw 'canary of a text';
  if (FAILURE === 'hostile')
    throw Object.defineProperty(new Error('x'), 'message', {
      get() {
        throw new Error('cannot be read');
      },
    });
  throw Object.assign(new TypeError('nothing caught this', { cause: new Error('its cause') }), {
    request: { headers: { authorization: 'Bearer canary' } },
  });
}

const failSoon = () => void setImmediate(fail);

if (FAILURES.includes('start') || FAILURES.includes('listen')) {
  // oxlint-disable-next-line typescript/unbound-method -- it is called with its own server
  Server.prototype.listen = new Proxy(Server.prototype.listen, {
    apply(listen, server, args) {
      if (FAILURES.includes('listen')) fail();
      failSoon();
      return Reflect.apply(listen, server, args);
    },
  });
}

process.on('SIGUSR2', failSoon);
if (FAILURES.includes('stop')) process.on('SIGTERM', () => void setTimeout(failSoon, 100));
if (FAILURES.includes('again')) process.on('SIGUSR2', () => void setInterval(failSoon, 5));

await import('../../../src/main.ts');
