import { startSandbox } from '../../../src/sandbox/index.ts';

/** Serves the simulated REST APIs on free ports until SIGTERM, and writes their source entries in a line of JSON. */
const parent = process.ppid;
const sandbox = await startSandbox({ ports: 'free' });
const urls = Object.fromEntries(sandbox.apis.map(({ provider, url }) => [provider, url]));
console.log(JSON.stringify({ sources: sandbox.sources, urls }));
process.once('SIGTERM', () => process.exit(0));
// A test that was killed stops nothing.
setInterval(() => {
  if (process.ppid !== parent) process.exit(0);
}, 1_000).unref();
