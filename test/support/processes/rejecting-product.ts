import { createKeyLoader } from '../../../src/providers/record-loaders.ts';

/** The product as it is run, with mistakes in it: SIGUSR2 starts work that fails, and nobody waits for it. */
await import('../../../src/main.ts');

process.on('SIGUSR2', () => {
  void Promise.reject(new Error('nobody waits for this'));
  const loader = createKeyLoader('failing', () => Promise.reject(new Error('nobody waits for this load')));
  void loader.load('1');
});
