import type { FastifyInstance } from 'fastify';
import { chooseEncoding, compress, type Encoding } from './encodings.ts';

/** A smaller answer is sent in one or two packets anyway. */
const leastBytes = 2_048;

/** More at one time would only wait for each other, each in memory twice: they are sent as they are. */
const mostAtOnce = 4;

/** Compresses answers of text for clients that take them so. */
export function compressAnswers(app: FastifyInstance): void {
  let underWay = 0;
  app.addHook('onSend', (request, reply, payload, done) => {
    if (!isText(payload) || payload.length < leastBytes || reply.hasHeader('content-encoding'))
      return done(null, payload);
    // Whether or not it is compressed this time: a cache must not give it to a client that takes another form.
    reply.header('vary', addToVary(reply.getHeader('vary')));
    const encoding = chooseEncoding(request.headers['accept-encoding']);
    if (encoding === undefined || underWay >= mostAtOnce) return done(null, payload);
    underWay += 1;
    const finish = (sent: string | Buffer, encoding?: Encoding) => {
      underWay -= 1;
      if (encoding !== undefined) reply.header('content-encoding', encoding).removeHeader('content-length');
      return done(null, sent);
    };
    compress(payload, encoding).then(
      (compressed) => finish(compressed, encoding),
      () => finish(payload),
    );
  });
}

function isText(payload: unknown): payload is string | Buffer {
  return typeof payload === 'string' || Buffer.isBuffer(payload);
}

function addToVary(vary: number | string | string[] | undefined): string {
  return vary === undefined ? 'accept-encoding' : `${String(vary)}, accept-encoding`;
}
