import { createServer, request as sendRequest } from 'node:http';
import { serve, type Reachable } from '../../support/loopback.ts';

export interface ProxyOptions {
  /** The path of its site at which the server is found; there is nothing else. */
  readonly prefix: string;
  /** Whether it takes the path away before it passes a request on. */
  readonly strips: boolean;
}

/** A reverse proxy before the server at a URL. */
export function startProxy(serverUrl: string, { prefix, strips }: ProxyOptions): Promise<Reachable> {
  const proxy = createServer((request, response) => {
    const { url = '', method, headers } = request;
    if (url !== prefix && !url.startsWith(`${prefix}/`) && !url.startsWith(`${prefix}?`))
      return void response.writeHead(404).end();
    const path = strips ? url.slice(prefix.length).replace(/^(?!\/)/, '/') : url;
    const forwarded = sendRequest(serverUrl + path, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    request.pipe(forwarded);
  });
  return serve(proxy);
}
