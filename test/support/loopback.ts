import type { Server as HttpServer } from 'node:http';
import type { Server } from 'node:net';

/** Where a server of a test is reached. */
export interface Reachable {
  readonly url: string;
  /** Ends it as a crash would: connections are cut. */
  readonly close: () => Promise<void>;
}

/** What of a Fastify app it takes to serve it. */
interface App {
  readonly server: HttpServer;
  listen(options: { readonly host: string; readonly port: number }): Promise<string>;
  close(): PromiseLike<unknown>;
}

/**
 * Listens on loopback, on a free port unless one is given; a test that has come to its end is not kept from it.
 *
 * @returns the port
 */
export async function listen(server: Server, port = 0): Promise<number> {
  await new Promise<void>((resolve, reject) =>
    server.once('error', reject).listen(port, '127.0.0.1', resolve),
  );
  server.unref();
  const address = server.address();
  if (typeof address === 'object' && address !== null) return address.port;
  throw new TypeError('the server does not listen on a port');
}

export async function closeServer(server: HttpServer): Promise<void> {
  server.closeAllConnections();
  if (server.listening) await new Promise((resolve) => server.close(resolve));
}

export async function serve(server: HttpServer): Promise<Reachable> {
  return { url: `http://127.0.0.1:${await listen(server)}`, close: () => closeServer(server) };
}

export async function serveApp(app: App): Promise<Reachable> {
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  app.server.unref();
  return {
    url,
    async close() {
      app.server.closeAllConnections();
      await app.close();
    },
  };
}
