import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { sendAnswer } from './answer.ts';
import { answerControl, isForControl, serveControl } from './control-endpoint.ts';
import { createFaultBoard, type FaultBoard, type FaultControl } from './fault-board.ts';
import type { FaultyCall } from './fault-kind.ts';
import { createInnerCalls, createInnerServer, type InnerServer } from './inner-calls.ts';
import { refuseForeign } from './foreign-requests.ts';
import { movedPrefix } from './status-faults.ts';

/** One request on its way to the API. */
interface Exchange {
  readonly app: FastifyInstance;
  readonly inner: InnerServer;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly isOnUsedConnection: boolean;
}

/**
 * Puts faults between the clients of a simulated API and its app, and the control endpoint beside it. Without a fault
 * that is switched on, requests go straight to the app. To be called before the app listens.
 *
 * @param seed whole number from 0; equal seeds strike the same requests of a sequence
 */
export function installFaults(app: FastifyInstance, { seed }: { readonly seed: number }): FaultControl {
  const board = createFaultBoard(seed);
  const inner = createInnerServer(app);
  const usedConnections = new WeakSet<Socket>();
  const open = new Set<ServerResponse>();

  // Before the app's own hooks: these would refuse the control endpoint, and see requests that are to get lost.
  // oxlint-disable-next-line typescript/unbound-method -- it is named as the listener that it is
  app.server.removeListener('request', app.routing);
  app.server.on('request', (request, response) => {
    const isOnUsedConnection = usedConnections.has(request.socket);
    usedConnections.add(request.socket);
    const url = request.url ?? '/';
    const refusal = refuseForeign(request, isForControl(url));
    if (refusal !== undefined) return sendAnswer(response, refusal);
    if (isForControl(url)) return void follow(serveControl(board, request, response), response);
    if (url.startsWith(`${movedPrefix}/`)) request.url = url.slice(movedPrefix.length);
    else if (!board.isEmpty) {
      open.add(response);
      response.once('close', () => open.delete(response));
      return void follow(serve(board, { app, inner, request, response, isOnUsedConnection }), response);
    }
    app.routing(request, response);
  });
  // The server waits for answers under way, and some of these never end.
  app.addHook('preClose', async () => {
    for (const response of open) response.destroy();
  });
  return {
    set: board.set,
    add: board.add,
    clear: () => board.set([]),
    list: board.list,
    answer: (method, body) => answerControl(board, method, body),
  };
}

async function serve(
  board: FaultBoard,
  { app, inner, request, response, isOnUsedConnection }: Exchange,
): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const { signal } = gone;
  const { answer, answerTo, isAsked } = createInnerCalls(inner, request);
  const { url = '/', headers, socket } = request;
  const strike = await board.strike((random): FaultyCall => ({
    url,
    headers,
    isOnUsedConnection,
    random,
    answer,
    answerTo,
  }));
  if (signal.aborted) return;
  if (strike !== undefined) {
    if (strike.delayMs > 0) await sleep(strike.delayMs, undefined, { signal });
    return strike.deliver({ response, socket, signal });
  }
  if (isAsked()) sendAnswer(response, await answer());
  else app.routing(request, response);
}

/** A connection that the client gave up, or that a fault ended, needs no answer. */
async function follow(served: Promise<void>, response: ServerResponse): Promise<void> {
  try {
    await served;
  } catch (error) {
    if (response.headersSent || response.destroyed) response.destroy();
    else
      response
        .writeHead(500)
        .end(`The fault could not be made: ${error instanceof Error ? error.message : String(error)}\n`);
  }
}
