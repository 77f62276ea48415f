import { request, type ServerResponse } from 'node:http';
import { startTestProduct, type TestProduct } from '../../support/product.ts';
import { startRecordingServer, type RecordingServer } from '../../support/recording-server.ts';
import { entryFor } from '../../support/sources.ts';

const closers: (() => Promise<unknown>)[] = [];

/** Ends every product and API that this module started, products first; goes into `afterEach`. */
export async function closeAll(): Promise<void> {
  for (const close of closers.splice(0).toReversed()) await close();
}

export interface Stub extends RecordingServer {
  /** Answers that are not given yet, in the order of arrival. */
  readonly open: ServerResponse[];
  /** When connections of unanswered calls were closed, as `performance.now()` tells. */
  readonly closedAtMs: number[];
}

/** A REST API that leaves its callers waiting, unless `answer` does something about them. */
export async function startSilentStub(
  answer: (response: ServerResponse, count: number) => void = () => {},
): Promise<Stub> {
  const open: ServerResponse[] = [];
  const closedAtMs: number[] = [];
  const server = await startRecordingServer((_request, response) => {
    open.push(response);
    response.once('close', () => {
      if (!response.writableFinished) closedAtMs.push(performance.now());
    });
    answer(response, open.length);
  });
  closers.push(() => server.close());
  return { ...server, open, closedAtMs };
}

export async function startProduct(stub: RecordingServer, settings = {}, server = {}): Promise<TestProduct> {
  const sources = {
    elevate: entryFor.elevate(stub.url, settings),
    sage200: entryFor.sage200(stub.url, settings),
    cro: entryFor.cro(`${stub.url}/cro`, settings),
  };
  const product = await startTestProduct(sources, undefined, { server });
  closers.push(() => product.close());
  return product;
}

/** Sends an operation that can be left. */
export function ask({ url }: TestProduct, ...ids: readonly string[]) {
  const query = 'query ($ids: [ID!]!) { customersByIds(ids: $ids) { name } }';
  const operation = request(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
  });
  operation.on('error', () => {});
  operation.end(JSON.stringify({ query, variables: { ids } }));
  return {
    /** @returns when it was, as `performance.now()` tells */
    leave(): number {
      operation.destroy();
      return performance.now();
    },
  };
}

export function answerWith(response: ServerResponse, id: number): void {
  response
    .writeHead(200, { 'content-type': 'application/json' })
    .end(JSON.stringify({ id, customerName: `North ${id}` }));
}
