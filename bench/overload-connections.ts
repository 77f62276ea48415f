import { connect, type Socket } from 'node:net';

/** An answer as far as a load looks at it; status 0 for a connection that was cut. */
export interface Reply {
  readonly status: number;
  readonly body: string;
}

/**
 * Sends operations by HTTP/1.1 over as many connections as it takes, written by hand: a client with all the comforts costs more than the
 * refusals that it is to measure.
 */
export interface Connections {
  send(headers: Readonly<Record<string, string>>, body: string): Promise<Reply>;
}

export function createConnections(url: string): Connections {
  const { port, hostname } = new URL(url);
  const idle: Connection[] = [];

  function open(): Connection {
    const socket = connect({ port: Number(port), host: hostname, noDelay: true });
    const connection = createConnection(
      socket,
      () => idle.push(connection),
      () => {
        const index = idle.indexOf(connection);
        if (index !== -1) idle.splice(index, 1);
      },
    );
    return connection;
  }

  return {
    send(headers, body) {
      const head = Object.entries({
        host: `${hostname}:${port}`,
        'content-type': 'application/json',
        ...headers,
      });
      const lines = head.map(([name, value]) => `${name}: ${value}\r\n`).join('');
      const message = `POST /graphql HTTP/1.1\r\n${lines}content-length: ${body.length}\r\n\r\n${body}`;
      return (idle.pop() ?? open()).exchange(message);
    },
  };
}

interface Connection {
  exchange(message: string): Promise<Reply>;
}

function createConnection(socket: Socket, onIdle: () => void, onClosed: () => void): Connection {
  let received = '';
  let finish: ((reply: Reply) => void) | undefined;
  const end = (reply: Reply) => {
    const resolve = finish;
    finish = undefined;
    received = '';
    resolve?.(reply);
  };
  socket.setEncoding('latin1');
  socket.on('data', (text: string) => {
    received += text;
    const headEnd = received.indexOf('\r\n\r\n');
    if (headEnd === -1) return;
    const head = received.slice(0, headEnd).toLowerCase();
    const length = Number(/content-length: (\d+)/.exec(head)?.[1] ?? 0);
    if (received.length < headEnd + 4 + length) return;
    const reply = { status: Number(head.slice(9, 12)), body: received.slice(headEnd + 4) };
    if (head.includes('connection: close')) socket.end();
    else onIdle();
    end(reply);
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    onClosed();
    end({ status: 0, body: '' });
  });
  return {
    exchange: (message) =>
      new Promise((resolve) => {
        finish = resolve;
        socket.write(message);
      }),
  };
}
