import { elevate as provider } from '../../../src/providers/elevate/index.ts';
import { createKeyLoader } from '../../../src/providers/kit/record-loaders.ts';
import { UpstreamError } from '../../../src/rest/errors.ts';

const source = { name: 'north', provider };

/** The product as it is run, with mistakes in it: SIGUSR2 starts work that fails, and nobody waits for it. */
await import('../../../src/main.ts');

process.on('SIGUSR2', () => {
  void Promise.reject(new Error('nobody waits for this'));
  const failure = new UpstreamError('UPSTREAM_TIMEOUT', source, {
    reason: 'no answer',
    cause: new Error('canary of a cause'),
  });
  const loader = createKeyLoader(() => Promise.reject(failure));
  void loader.load('1');
});
