import { STATUS_CODES, type OutgoingHttpHeaders, type ServerResponse } from 'node:http';

/** A whole HTTP answer. The headers leave out those of the connection and the length of the body. */
export interface Answer {
  readonly status: number;
  readonly statusMessage: string;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer;
}

export function createAnswer(
  status: number,
  headers: OutgoingHttpHeaders,
  body: string | Buffer = '',
): Answer {
  return { status, statusMessage: STATUS_CODES[status] ?? '', headers, body: Buffer.from(body) };
}

/** The same answer with other bytes and, where given, other or more headers. */
export function withBody(answer: Answer, body: string | Buffer, headers: OutgoingHttpHeaders = {}): Answer {
  return { ...answer, headers: { ...answer.headers, ...headers }, body: Buffer.from(body) };
}

/** Whether a body was found and sent. */
export function hasContent({ status, body }: Answer): boolean {
  return status === 200 && body.length > 0;
}

/** Writes status and headers, and announces the whole body without writing it. */
export function writeHead(response: ServerResponse, { status, statusMessage, headers, body }: Answer): void {
  const isBodyless = status === 204 || status === 304;
  response.writeHead(
    status,
    statusMessage,
    isBodyless ? headers : { ...headers, 'content-length': body.length },
  );
}

export function sendAnswer(response: ServerResponse, answer: Answer): void {
  writeHead(response, answer);
  response.end(answer.body);
}
