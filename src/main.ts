#!/usr/bin/env node
import { createProcessEnd } from './process-end.ts';
import { createLog } from './server/log.ts';

// Apollo and others are markedly slower in their development mode, which is the default.
process.env['NODE_ENV'] ??= 'production';

// Where nobody reads what is written, or it cannot be stored, callers are served all the same.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

const log = createLog('fatal');
const processEnd = createProcessEnd(log);

try {
  // Not before: a module that cannot be loaded is to be a line in the log as well.
  const { run } = await import('./run.ts');
  await run(process.argv.slice(2), process.env, processEnd);
} catch (error) {
  log.fatal({ err: error }, 'the start failed');
  await processEnd.exit(1);
}
