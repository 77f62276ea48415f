import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasContent, sendAnswer, writeHead, type Answer } from './answer.ts';
import type { FaultKind, Outlet } from './fault-kind.ts';
import type { FaultOptions } from './options.ts';

/** Time for the client to read what was sent: a reset takes back what it has not. */
const readingTimeMs = 20;

const defaultDelayMs = 5_000;
const defaultIntervalMs = 100;

/** An answer that the client never asked for, in the bytes of a connection. */
const unaskedAnswer =
  'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 16\r\n\r\n{"unasked":true}';

export const connectionFaults = {
  'connection-reset': {
    description: 'The connection is reset (RST) before any byte of an answer.',
    prepare: () => resetConnection,
  },
  'keep-alive-reset': {
    description:
      'A connection that served a request before is reset (RST) when the next one arrives on it. Requests on new connections pass.',
    prepare: ({ isOnUsedConnection }) => (isOnUsedConnection ? resetConnection : undefined),
  },
  'reset-mid-body': {
    description: 'Status, headers and half of the body, then the connection is reset (RST).',
    prepare: breakDelivery(async (outlet, answer) => {
      writeHead(outlet.response, answer);
      await writeHalf(outlet, answer);
      await sleep(readingTimeMs, undefined, { signal: outlet.signal });
      resetConnection(outlet);
    }),
  },
  'early-end': {
    description: 'Half of the body, then the connection is ended (FIN) before Content-Length is reached.',
    prepare: breakDelivery(async (outlet, answer) => {
      writeHead(outlet.response, answer);
      await writeHalf(outlet, answer);
      outlet.socket.destroySoon();
    }),
  },
  'broken-chunking': {
    description: 'Transfer-Encoding: chunked, where the second chunk does not begin with a length.',
    prepare: breakDelivery(async (outlet, answer) => {
      const { status, statusMessage, headers } = answer;
      outlet.response.writeHead(status, statusMessage, { ...headers, 'transfer-encoding': 'chunked' });
      await writeHalf(outlet, answer);
      outlet.socket.write('no length\r\nno chunk\r\n');
      outlet.socket.destroySoon();
    }),
  },
  'connection-close-after-headers': {
    description:
      'Status and headers, then the connection is ended (FIN) instead of the body that was announced.',
    prepare: breakDelivery(({ response, socket }, answer) => {
      writeHead(response, answer);
      response.flushHeaders();
      socket.destroySoon();
    }),
  },
  'extra-bytes': {
    description: 'The true answer, and right behind it a second one that nobody asked for.',
    prepare: breakDelivery(({ response, socket }, answer) => {
      // Corked, both go out together: the client cannot take the connection for idle in between.
      socket.cork();
      sendAnswer(response, answer);
      socket.write(unaskedAnswer);
      socket.uncork();
    }),
  },
  hang: {
    description: 'No answer at all; the connection stays open.',
    prepare: () => () => undefined,
  },
  'slow-headers': {
    description: `The true answer, late: nothing is sent for delayMs (${defaultDelayMs} by default).`,
    defaultDelayMs: defaultDelayMs,
    prepare: async (call) => {
      const answer = await call.answer();
      return ({ response }) => sendAnswer(response, answer);
    },
  },
  'slow-body': {
    description: 'Status and headers at once, then the true body in a trickle: one byte every intervalMs.',
    options: ['intervalMs'],
    prepare: breakDelivery(async ({ response, signal }, answer, { intervalMs = defaultIntervalMs }) => {
      writeHead(response, answer);
      response.flushHeaders();
      for (const byte of answer.body) {
        await sleep(intervalMs, undefined, { signal });
        response.write(Buffer.of(byte));
      }
      response.end();
    }),
  },
} as const satisfies Readonly<Record<string, FaultKind>>;

function resetConnection({ socket }: { readonly socket: Socket }): void {
  socket.resetAndDestroy();
}

/** For faults in how the true answer travels; it must have a body to break. */
function breakDelivery(
  deliver: (outlet: Outlet, answer: Answer, options: FaultOptions) => void | Promise<void>,
): FaultKind['prepare'] {
  return async (call, options) => {
    const answer = await call.answer();
    return hasContent(answer) ? (outlet) => deliver(outlet, answer, options) : undefined;
  };
}

async function writeHalf({ response, signal }: Outlet, { body }: Answer): Promise<void> {
  if (!response.write(body.subarray(0, Math.ceil(body.length / 2))))
    await once(response, 'drain', { signal });
}
