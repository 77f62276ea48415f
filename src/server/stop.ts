import { setTimeout as sleep } from 'node:timers/promises';
import type { ApolloServer } from '@apollo/server';
import type { FastifyInstance } from 'fastify';
import type { GraphContext } from '../graph/context.ts';
import type { Sources } from '../graph/sources.ts';
import type { Admission } from './admission.ts';

/** Time for answers to leave when everything has come to its end; what is left then is cut. */
const lastAnswersMs = 500;

/** Longer than a token endpoint is waited for. */
const renewalMs = 11_000;

export interface Serving {
  readonly app: FastifyInstance;
  readonly apollo: ApolloServer<GraphContext>;
  readonly admission: Admission;
  readonly sources: Sources;
  /** Time for the operations under way. */
  readonly graceMs: number;
}

/** Takes no more requests, waits for those under way, ends what is left, and lets go of the sources. */
export async function stopServing({ app, apollo, admission, sources, graceMs }: Serving): Promise<void> {
  const closed = app.close();
  await waitAtMost(graceMs, admission.emptied());
  admission.expireAll();
  await waitAtMost(lastAnswersMs, closed);
  // Connections that were opened and not used, and clients that do not read what they are sent.
  app.server.closeAllConnections();
  await closed;
  await apollo.stop();
  // New tokens that are on their way would be lost.
  await waitAtMost(renewalMs, Promise.all([...sources.values()].map((source) => source.close())));
}

/** Resolves with the task, or after a time without it. */
async function waitAtMost(timeMs: number, task: Promise<unknown>): Promise<void> {
  const over = new AbortController();
  const time = sleep(timeMs, undefined, { signal: over.signal }).catch(() => {});
  await Promise.race([task, time]).finally(() => over.abort());
}
