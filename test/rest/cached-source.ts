import type { z } from 'zod';
import type { Answer, Decoding } from '../../src/rest/client.ts';
import type { WaitingScope } from '../../src/rest/scope.ts';
import type { restSettings } from '../../src/rest/settings.ts';
import type { RecordingServer, StubAnswer } from '../support/recording-server.ts';
import { acceptAnswer, createScope, createTestClient, startStub, type TestClient } from './test-client.ts';

/** A source with a cache, and the client that asks it. */
export interface CachedSource {
  readonly server: RecordingServer;
  readonly client: TestClient;
  /** What it answers; `{ call: <number> }` while nothing is set. */
  answer: StubAnswer | undefined;
}

export async function startCachedSource(cache: z.input<typeof restSettings>['cache']): Promise<CachedSource> {
  const server = await startStub(() => source.answer ?? { body: { call: server.calls.length } });
  const source: CachedSource = {
    server,
    client: createTestClient(server.url, 'undici', { cache }),
    answer: undefined,
  };
  return source;
}

export function get(
  client: TestClient,
  path = '/1',
  decoding: Partial<Decoding<unknown>> = {},
  scope: WaitingScope = createScope(),
): Promise<Answer<unknown>> {
  return client.get(
    { url: client.urlOf(path), decode: acceptAnswer, resource: 'customers', ...decoding },
    scope,
  );
}

/** From where answers were given without a call: `cache`, `stale`, `flight`. */
export function listServed({ events }: TestClient): unknown[] {
  return events.filter((event) => event.startsWith('["served"')).map((event) => JSON.parse(event)[2]);
}
