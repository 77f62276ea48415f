import { watchStarvation } from '../starvation.ts';

/** The product as it is run; it writes a line `starved {…}` whenever the machine kept it from running. */
await import('../../../src/main.ts');

watchStarvation((starvation) => console.log(`starved ${JSON.stringify(starvation)}`));
