import { watchStarvation } from '../starvation.ts';

/** The product as it is run; it writes a line `held N` whenever it has held its event loop for N ms by its own work. */
await import('../../../src/main.ts');

const tickMs = 10;
let lastMs = performance.now();
let lastUsage = process.cpuUsage();
setInterval(() => {
  const { user, system } = process.cpuUsage(lastUsage);
  // What the machine gave to others in that time is not its own.
  const heldMs = Math.min(performance.now() - lastMs - tickMs, (user + system) / 1_000);
  if (heldMs > tickMs) console.log(`held ${heldMs.toFixed(0)}`);
  lastMs = performance.now();
  lastUsage = process.cpuUsage();
}, tickMs).unref();

watchStarvation((starvation) => console.log(`starved ${JSON.stringify(starvation)}`));
