import { existsSync } from 'node:fs';
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
  "frame-ancestors 'none'",
].join('; ');

/** Serves GraphiQL at `/`. */
export async function registerPage(app: FastifyInstance): Promise<void> {
  if (!existsSync(pageFolder)) {
    app.get('/', async (_request, reply) =>
      reply.code(503).type('text/plain').send('The page is not built: run "npm run build:page".\n'),
    );
    return;
  }
  await app.register(fastifyStatic, {
    root: pageFolder,
    setHeaders(response, file) {
      response.header('content-security-policy', contentSecurityPolicy);
      response.header('x-content-type-options', 'nosniff');
      response.header('referrer-policy', 'no-referrer');
      // Built files carry a hash of their content in their names.
      response.header(
        'cache-control',
        file.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
      );
    },
  });
}
