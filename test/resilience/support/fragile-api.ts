import { createServer } from 'node:http';
import { answerEveryCustomer } from '../../graph/support/endless-apis.ts';
import { closeServer, listen } from '../../support/loopback.ts';

/** An API on loopback that can be taken away and comes back at the same address. */
export interface FragileApi {
  readonly url: string;
  /** Answers everything with this status; undefined to be well. */
  failWith(status: number | undefined): void;
  /** From then on connections are refused. */
  leave(): Promise<void>;
  comeBack(): Promise<void>;
}

/** Starts an API that has every customer. */
export async function startFragileApi(): Promise<FragileApi> {
  let status: number | undefined;
  const server = createServer((request, response) => {
    const { status: trueStatus = 200, body = {} } = answerEveryCustomer(
      new URL(request.url ?? '/', 'http://stub'),
    );
    response
      .writeHead(status ?? trueStatus, { 'content-type': 'application/json' })
      .end(JSON.stringify(body));
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    failWith: (given) => void (status = given),
    leave: () => closeServer(server),
    comeBack: async () => void (await listen(server, port)),
  };
}
