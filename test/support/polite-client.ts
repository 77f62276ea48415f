import { Agent, request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';

/** A client of several instances that leaves one in time when it says that it stops. */
export interface PoliteClient {
  query(query: string): Promise<{ readonly status: number; readonly text: string }>;
  close(): void;
}

export interface PoliteClientOptions {
  /** What it looks at: `/health/ready` now and then, or the header `connection: close` of every answer. */
  readonly obeys: 'readiness' | 'connection';
  /** URLs; they may change. */
  readonly instances: () => readonly string[];
}

const pollMs = 100;

export function createPoliteClient({ obeys, instances }: PoliteClientOptions): PoliteClient {
  const agent = new Agent({ keepAlive: true });
  const left = new Set<string>();
  const leave = (url: string) => void left.add(url);
  let next = 0;

  const chooseInstance = (): string => {
    const known = instances().filter((url) => !left.has(url));
    next += 1;
    const url = known[next % known.length];
    if (url === undefined) throw new Error('no instance is ready');
    return url;
  };

  const poll = async () => {
    for (const url of instances().filter((each) => !left.has(each))) {
      const isReady = await send(agent, `${url}/health/ready`, undefined).then(
        ({ statusCode }) => statusCode === 200,
        () => false,
      );
      if (!isReady) leave(url);
    }
  };
  const polling = obeys === 'readiness' ? setInterval(() => void poll(), pollMs) : undefined;

  return {
    async query(query) {
      const url = chooseInstance();
      const response = await send(agent, `${url}/graphql`, JSON.stringify({ query }));
      if (obeys === 'connection' && response.headers.connection === 'close') leave(url);
      return { status: response.statusCode ?? 0, text: response.text };
    },
    close() {
      clearInterval(polling);
      agent.destroy();
    },
  };
}

/** POST with a body, GET without one; resolves with the whole answer. */
function send(
  agent: Agent,
  url: string,
  body: string | undefined,
): Promise<IncomingMessage & { readonly text: string }> {
  return new Promise((resolve, reject) => {
    const method = body === undefined ? 'GET' : 'POST';
    request(url, { agent, method, headers: { 'content-type': 'application/json' } }, (response) => {
      text(response).then((read) => resolve(Object.assign(response, { text: read })), reject);
    })
      .on('error', reject)
      .end(body);
  });
}
