import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

/** The built GraphiQL page, from src/server and from dist/server alike. */
const pageFolder = fileURLToPath(new URL('../../dist/graphiql', import.meta.url));

/** Everything comes from this server; Monaco makes its workers from blobs and styles in place. */
const contentSecurityPolicy = [
  "default-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "worker-src 'self' blob:",
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const keptForAYear = 'public, max-age=31536000, immutable';

/**
 * Serves GraphiQL at `/`.
 *
 * @param prefix path under which a reverse proxy serves it; it may hide from the server, but not from the browser,
 * whether the path ended in a slash
 */
export async function registerPage(app: FastifyInstance, prefix: string): Promise<void> {
  const page = path.join(pageFolder, 'index.html');
  if (!existsSync(page)) {
    app.get('/', async (_request, reply) =>
      reply.code(503).type('text/plain').send('The page is not built: run "npm run build:page".\n'),
    );
    return;
  }
  const html = setBase(readFileSync(page, 'utf8'), prefix.replace(/\/$/, ''));
  app.get('/', async (_request, reply) =>
    reply.headers(headersOf('no-cache')).type('text/html; charset=utf-8').send(html),
  );
  await app.register(fastifyStatic, {
    root: pageFolder,
    index: false,
    // A route for each file: there is no other path that could lead to one.
    wildcard: false,
    cacheControl: false,
    setHeaders(response, file) {
      // Built files carry a hash of their content in their names.
      const isHashed = file.includes('/assets/');
      const headers = headersOf(isHashed ? keptForAYear : 'no-cache');
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    },
  });
}

function headersOf(cacheControl: string) {
  return {
    'content-security-policy': contentSecurityPolicy,
    'referrer-policy': 'no-referrer',
    'cache-control': cacheControl,
  };
}

/** Everything in the page is found relative to its own URL, unless another base is given. */
function setBase(html: string, prefix: string): string {
  return prefix === '' ? html : html.replace('<head>', `<head>\n    <base href="${prefix}/" />`);
}
