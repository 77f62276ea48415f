import { createReadStream, readdirSync } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { chooseEncoding } from './encodings.ts';

const contentTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.md': 'text/markdown; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
  '.woff2': 'font/woff2',
};

export interface StaticFiles {
  /** Where the files are, each as `<name>.br` and `<name>.gz`. */
  readonly folder: string;
  /** The URL path of the folder, such as `/assets/`. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Serves files that were compressed when they were built. There is a route for each, so that no other path can lead
 * to one.
 */
export function serveFiles(app: FastifyInstance, { folder, url, headers }: StaticFiles): void {
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.gz'))) {
    const name = file.slice(0, -'.gz'.length);
    const type = contentTypes[path.extname(name)] ?? 'application/octet-stream';
    app.get(`${url}${name}`, (request, reply) =>
      sendFile(
        path.join(folder, name),
        request,
        reply.headers({ ...headers, vary: 'accept-encoding' }).type(type),
      ),
    );
  }
}

function sendFile(file: string, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const encoding = chooseEncoding(request.headers['accept-encoding']);
  // The name holds a hash of the content.
  const tag = `"${path.basename(file)}-${encoding ?? 'plain'}"`;
  reply.header('etag', tag);
  if (isUnchanged(request, tag)) return reply.code(304).send();
  // A client that leaves ends both, and a file that cannot be read ends the answer.
  if (encoding === undefined)
    return reply.send(pipeline(createReadStream(`${file}.gz`), createGunzip(), () => {}));
  const extension = encoding === 'br' ? 'br' : 'gz';
  return reply.header('content-encoding', encoding).send(createReadStream(`${file}.${extension}`));
}

/** Whether the client has what carries this tag: RFC 9110, 13.1.2. */
export function isUnchanged({ headers }: FastifyRequest, tag: string): boolean {
  const known = headers['if-none-match']?.split(',').map((text) => text.trim().replace(/^W\//, ''));
  return known !== undefined && (known.includes('*') || known.includes(tag.replace(/^W\//, '')));
}
