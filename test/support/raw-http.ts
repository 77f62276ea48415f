import { connect } from 'node:net';

/** One answer as it came over the wire. */
export interface RawAnswer {
  readonly status: number;
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface RawOptions {
  readonly host?: string;
  /** Between the parts of a request that arrives in pieces. */
  readonly pauseMs?: number;
  /** How many answers to wait for; all until the server closes the connection by default. */
  readonly count?: number;
  /** How long to wait for them. */
  readonly patienceMs?: number;
  /** After so long without an answer, counted from its last bytes, the client says that it has sent everything. */
  readonly endsAfterMs?: number;
}

export interface RawExchange {
  readonly answers: readonly RawAnswer[];
  /** Whether the server has closed the connection. */
  readonly isClosed: boolean;
}

/** Sends bytes as they are, in latin1, and reads what comes back. */
export function sendRaw(
  url: string,
  parts: string | readonly string[],
  { host, pauseMs = 0, count = Infinity, patienceMs = 5_000, endsAfterMs }: RawOptions = {},
): Promise<RawExchange> {
  const socket = connect(Number(new URL(url).port), host ?? new URL(url).hostname.replace(/^\[|\]$/g, ''));
  const pieces = typeof parts === 'string' ? [parts] : parts;
  let received = '';
  return new Promise((resolve, reject) => {
    const finish = (isClosed: boolean) => {
      clearTimeout(timer);
      clearTimeout(end);
      socket.destroy();
      try {
        resolve({ answers: readAnswers(received, isClosed), isClosed });
      } catch (error) {
        reject(error);
      }
    };
    const timer = setTimeout(() => finish(false), patienceMs);
    const endSoon = () => {
      if (endsAfterMs === undefined) return;
      clearTimeout(end);
      end = setTimeout(() => socket.end(), endsAfterMs);
    };
    let end: NodeJS.Timeout | undefined;
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString('latin1');
      if (count < Infinity && readAnswers(received, false).length >= count) return finish(false);
      endSoon();
    });
    // What was received before counts all the same.
    socket.once('error', () => {});
    socket.once('close', () => finish(true));
    pieces.forEach((piece, index) =>
      setTimeout(() => {
        if (socket.destroyed) return;
        socket.write(Buffer.from(piece, 'latin1'));
        if (index === pieces.length - 1) endSoon();
      }, index * pauseMs),
    );
  });
}

/** The first answer to a request. */
export async function askRaw(url: string, request: string, options: RawOptions = {}): Promise<RawAnswer> {
  const { answers, isClosed } = await sendRaw(url, request, { ...options, count: 1 });
  const [answer] = answers;
  if (answer !== undefined) return answer;
  throw new Error(
    `no answer, and the connection is ${isClosed ? 'closed' : 'open'}: ${JSON.stringify(request.slice(0, 200))}`,
  );
}

/**
 * @param isWhole whether nothing will follow
 * @throws Error when the bytes are not a sequence of answers, or the last one is cut
 */
function readAnswers(text: string, isWhole: boolean): RawAnswer[] {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) {
    if (isWhole && text !== '')
      throw new Error(`this is not an HTTP answer: ${JSON.stringify(text.slice(0, 200))}`);
    return [];
  }
  const [statusLine = '', ...lines] = text.slice(0, end).split('\r\n');
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(statusLine)?.[1]);
  if (!(status >= 100)) throw new Error(`this is not an HTTP answer: ${JSON.stringify(text.slice(0, 200))}`);
  const rest = text.slice(end + 4);
  if (status === 100) return readAnswers(rest, isWhole);
  const headers = Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const length = Number(headers['content-length'] ?? 0);
  if (rest.length < length) {
    if (isWhole) throw new Error(`the body ends too soon: ${JSON.stringify(rest)}`);
    return [];
  }
  return [{ status, headers, body: rest.slice(0, length) }, ...readAnswers(rest.slice(length), isWhole)];
}

/** An operation without a source, by POST; in latin1. @param headers each with its line end */
export function rawPost(
  headers: string,
  { line = 'POST /graphql HTTP/1.1', body = '{"query":"{ __typename }"}' } = {},
): string {
  return `${line}\r\n${headers}content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
}
