import type { FastifyInstance } from 'fastify';

/** Sends browsers that open `/graphql` to the page, with the query of the URL if it has one. */
export function redirectBrowsers(app: FastifyInstance, prefix: string): void {
  const page = `${prefix.replace(/\/$/, '')}/`;
  app.addHook('onRequest', (request, reply, done) => {
    const opened = request.method === 'GET' ? /^\/graphql\/?(\?.*)?$/.exec(request.url) : null;
    // Programs name JSON, or take anything.
    if (opened === null || !/\btext\/html\b/.test(request.headers.accept ?? '')) return done();
    return void reply.header('vary', 'accept').redirect(`${page}${opened[1] ?? ''}`, 302);
  });
}
