import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * The port that the environment asks for.
 *
 * @param {number} usual the port without `PORT`
 * @param {number} count how many ports from there on are needed
 * @throws Error where `PORT` is none
 */
export function readPort(usual, count = 1) {
  const { PORT: text = String(usual) } = process.env;
  const highest = 65_535 - (count - 1);
  if (/^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= highest) return Number(text);
  throw new Error(`PORT: found "${text}", expected a whole number from 1 to ${highest}.`);
}

/**
 * @param {number} port
 * @param {string} advice what to do instead of stopping what listens there
 * @throws Error when something listens at the port of this machine
 */
export async function assertFree(port, advice) {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    if (error.code !== 'EADDRINUSE') throw error;
    throw new Error(`Port ${port} is in use: stop the program that listens there, or ${advice}.`, {
      cause: error,
    });
  }
  await new Promise((resolve) => server.close(resolve));
}
