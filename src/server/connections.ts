import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { requestEvent } from './http-server.ts';

/** Memory for the bodies of requests that are arriving, and for answers that their clients have not read yet. */
const mostPendingBytes = 64_000_000;

/** Bodies up to this size are not counted: nearly all are smaller. */
const smallBodyBytes = 4_096;

/**
 * Keeps clients that do nothing from using up connections and memory. Whatever is scarce is taken from the one that has
 * had it for longest: idle connections, requests that never arrive in full, answers that nobody reads.
 *
 * @param maxBodyBytes counted for a body whose length is not told
 * @param onClosed told of each connection that is closed to make room
 */
export function limitConnections(
  server: Server,
  { maxConnections, maxBodyBytes }: { readonly maxConnections: number; readonly maxBodyBytes: number },
  onClosed: () => void,
): void {
  const idle = createIdleConnections();
  const arriving = createBudget(mostPendingBytes, close);
  const unread = createBudget(mostPendingBytes, close);
  /** Requests that are there in full and not answered yet. */
  const served = new WeakMap<Socket, number>();
  let count = 0;

  function addServed(socket: Socket, change: 1 | -1): void {
    const number = (served.get(socket) ?? 0) + change;
    served.set(socket, number);
    if (number > 0) idle.remove(socket);
    else if (!socket.destroyed) idle.add(socket);
  }

  function close(socket: Socket): void {
    socket.destroy();
    onClosed();
  }

  server.on('connection', (socket) => {
    count += 1;
    idle.add(socket);
    socket.once('close', () => {
      count -= 1;
      idle.remove(socket);
      arriving.release(socket);
      unread.release(socket);
    });
    if (count > maxConnections) close(idle.findOldest() ?? socket);
  });

  server.prependListener(requestEvent, (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    const bodyBytes = Math.min(maxBodyBytes, readBodyBytes(request));
    if (bodyBytes > smallBodyBytes) arriving.hold(socket, bodyBytes);
    let isComplete = false;
    // Until then the connection may be closed as an idle one is: the rest may never come.
    request.once('end', () => {
      if (response.closed) return;
      isComplete = true;
      arriving.release(socket);
      addServed(socket, 1);
    });
    response.once('prefinish', () => {
      if (socket.writableLength > 0) unread.hold(socket, socket.writableLength);
    });
    response.once('close', () => {
      arriving.release(socket);
      unread.release(socket);
      if (isComplete) addServed(socket, -1);
    });
  });
}

function readBodyBytes({ headers }: IncomingMessage): number {
  if (headers['transfer-encoding'] !== undefined) return Number.POSITIVE_INFINITY;
  return Number(headers['content-length'] ?? 0);
}

/** Connections over which no operation is worked on, by address of the client. */
function createIdleConnections() {
  const byAddress = new Map<string, Set<Socket>>();
  const addresses = new WeakMap<Socket, string>();

  function remove(socket: Socket): void {
    const address = addresses.get(socket) ?? '';
    const sockets = byAddress.get(address);
    if (sockets?.delete(socket) === true && sockets.size === 0) byAddress.delete(address);
  }

  return {
    /** As the newest. */
    add(socket: Socket): void {
      remove(socket);
      // A connection that is closed has no address any more.
      const address = addresses.get(socket) ?? socket.remoteAddress ?? '';
      addresses.set(socket, address);
      byAddress.set(address, (byAddress.get(address) ?? new Set()).add(socket));
    },
    remove,
    /** The oldest of the client that has most. */
    findOldest(): Socket | undefined {
      let most = new Set<Socket>();
      for (const sockets of byAddress.values()) if (sockets.size > most.size) most = sockets;
      const [oldest] = most;
      return oldest;
    },
  };
}

/** Bytes that connections keep in memory; beyond the limit those that have done so for longest are ended. */
function createBudget(limit: number, end: (socket: Socket) => void) {
  const held = new Map<Socket, number>();
  let total = 0;

  function release(socket: Socket): void {
    total -= held.get(socket) ?? 0;
    held.delete(socket);
  }

  return {
    hold(socket: Socket, bytes: number): void {
      release(socket);
      held.set(socket, bytes);
      total += bytes;
      for (const oldest of held.keys()) {
        if (total <= limit) break;
        release(oldest);
        end(oldest);
      }
    },
    release,
  };
}
