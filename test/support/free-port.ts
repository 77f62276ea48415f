import { createServer } from 'node:net';

/** Below the ports that Linux and macOS hand out by themselves: no other test and no outgoing connection takes one meanwhile. */
const lowest = 20_000;
const highest = 32_000;

const triesAtMost = 100;

/** The first of some neighbouring ports of this machine on which nothing listens, for programs that must be told. */
export async function findFreePorts(count = 1): Promise<number> {
  for (let tries = 0; tries < triesAtMost; tries += 1) {
    const first = lowest + Math.floor(Math.random() * (highest - lowest));
    const free = await Promise.all(Array.from({ length: count }, (_, index) => isFree(first + index)));
    if (free.every(Boolean)) return first;
  }
  throw new Error(
    `No ${count} neighbouring free ports were found from ${lowest} to ${highest} in ${triesAtMost} tries.`,
  );
}

/** A port of this machine on which nothing listens: connections to it are refused. */
export function findClosedPort(): Promise<number> {
  return findFreePorts();
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
