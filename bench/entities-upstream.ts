import { createServer } from 'node:http';
import { answerEveryCustomer } from './every-customer.ts';

let calls = 0;

/** REST APIs that answer at once, and at `/calls` how often they were called since that was asked last. Tells its parent where it listens. */
const server = createServer((request, response) => {
  if (request.url === '/calls') {
    response.end(String(calls));
    calls = 0;
    return;
  }
  calls += 1;
  const { status = 200, body } = answerEveryCustomer(new URL(request.url ?? '/', 'http://upstream'));
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`);
});
process.once('disconnect', () => process.exit());
