import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import { pageSettingsName, type PageSettings } from './graphiql/page-settings.ts';
import { isUnchanged, serveFiles } from './static-files.ts';

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

const safeHeaders = {
  'content-security-policy': contentSecurityPolicy,
  'referrer-policy': 'no-referrer',
};

/**
 * Serves GraphiQL at `/`.
 *
 * @param prefix path under which a reverse proxy serves it; it may hide from the server, but not from the browser,
 * whether the path ended in a slash
 */
export function registerPage(app: FastifyInstance, prefix: string, settings: PageSettings): void {
  const page = path.join(pageFolder, 'index.html');
  if (!existsSync(page)) {
    app.get('/', async (_request, reply) =>
      reply.code(503).type('text/plain').send('The page is not built: run "npm run build:page".\n'),
    );
    return;
  }
  const html = fillHead(readFileSync(page, 'utf8'), prefix.replace(/\/$/, ''), settings);
  // Weak: it is the same page however it is compressed.
  const tag = `W/"${createHash('sha256').update(html).digest('base64url')}"`;
  app.get('/', async (request, reply) => {
    reply.headers({ ...safeHeaders, 'cache-control': 'no-cache', etag: tag });
    if (isUnchanged(request, tag)) return reply.code(304).send();
    return reply.type('text/html; charset=utf-8').send(html);
  });
  // Of what the page is built from: they are to go with every copy.
  app.get('/licenses.md', async (_request, reply) =>
    reply
      .headers({ ...safeHeaders, 'cache-control': 'no-cache' })
      .type('text/markdown; charset=utf-8')
      .send(readFileSync(path.join(pageFolder, 'licenses.md'), 'utf8')),
  );
  serveFiles(app, {
    folder: path.join(pageFolder, 'assets'),
    url: '/assets/',
    // Built files carry a hash of their content in their names.
    headers: { ...safeHeaders, 'cache-control': 'public, max-age=31536000, immutable' },
  });
}

/** Everything in the page is found relative to its own URL, unless another base is given. */
function fillHead(html: string, prefix: string, settings: PageSettings): string {
  const content = JSON.stringify(settings).replaceAll('"', '&quot;');
  const lines = [
    '<head>',
    ...(prefix === '' ? [] : [`<base href="${prefix}/" />`]),
    `<meta name="${pageSettingsName}" content="${content}" />`,
  ];
  return html.replace('<head>', lines.join('\n    '));
}
