import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { canonicalAddress, isLocalhost } from '../rest/authority.ts';
import type { Config } from '../config/load-config.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Served on the public address even where there is another one for operators. */
    readonly isPublic?: boolean;
  }
}

/** Connections of a burst wait to be accepted, rather than being refused by the system. */
const backlog = 4_096;

/** Where a server listens: URLs that work on this machine. */
export interface Listening {
  readonly url: string;
  /** Undefined where operators have no address of their own. */
  readonly adminUrl: string | undefined;
}

/** The addresses of a server. */
export interface Listeners {
  /** @throws the error of Node.js; nothing is left listening then */
  open(): Promise<Listening>;
}

/**
 * Lets an app listen on the public address and, where there is one, on the one for operators. To be called before
 * its routes are added: with an address for operators, only routes with `isPublic` are found on the public one.
 */
export function createListeners(
  app: FastifyInstance,
  { host, port, admin }: Pick<Config['server'], 'host' | 'port' | 'admin'>,
): Listeners {
  const further: Server[] = [];
  const adminSockets = new WeakSet<Socket>();
  const isFound = ({ socket, routeOptions: { config } }: FastifyRequest): boolean =>
    config.isPublic === true || adminSockets.has(socket);

  if (admin !== undefined)
    app.addHook('onRequest', (request, reply, done) => (isFound(request) ? done() : reply.callNotFound()));
  app.addHook('preClose', (done) => {
    for (const server of further) server.close();
    done();
  });

  /** Its connections are handled like those of the app's own server. */
  async function listenFurther(
    address: string,
    port: number,
    onConnection: (socket: Socket) => void = () => {},
  ): Promise<AddressInfo> {
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      onConnection(socket);
      app.server.emit('connection', socket);
    });
    await new Promise<void>((resolve, reject) =>
      server.once('error', reject).listen({ host: address, port, backlog }, resolve),
    );
    further.push(server);
    return addressOf(server);
  }

  async function openAdmin({ host, port }: NonNullable<Config['server']['admin']>): Promise<string> {
    const [address, second] = addressesOf(host);
    const keep = (socket: Socket) => void adminSockets.add(socket);
    const first = await listenFurther(address, port, keep);
    if (second !== undefined) await listenFurther(second, first.port, keep).catch(ignoreUnavailable);
    return urlOf(first);
  }

  return {
    async open() {
      const [address, second] = addressesOf(host);
      await app.listen({ host: address, port, backlog });
      try {
        const first = addressOf(app.server);
        if (second !== undefined) await listenFurther(second, first.port).catch(ignoreUnavailable);
        const adminUrl = admin === undefined ? undefined : await openAdmin(admin).catch(blameAdmin);
        return { url: urlOf(first), adminUrl };
      } catch (error) {
        await app.close();
        throw error;
      }
    },
  };
}

/** `localhost` is both loopback addresses, whatever this machine resolves it to. */
function addressesOf(host: string): readonly [string, string?] {
  return isLocalhost(host) ? ['127.0.0.1', '::1'] : [host];
}

function addressOf(server: Server): AddressInfo {
  const address = server.address();
  if (typeof address === 'object' && address !== null) return address;
  throw new TypeError('the server does not listen on a port');
}

/** A URL that works on this machine. */
function urlOf({ address, port }: AddressInfo): string {
  const reachable = address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '::1' : address;
  return `http://${reachable.includes(':') ? `[${canonicalAddress(reachable)}]` : reachable}:${port}`;
}

/** Not every machine has IPv6. */
function ignoreUnavailable(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EADDRNOTAVAIL' && error.code !== 'EAFNOSUPPORT') throw error;
}

function blameAdmin(error: Error): never {
  throw Object.assign(error, { setting: 'server.admin' });
}
