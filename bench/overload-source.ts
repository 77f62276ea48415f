import { createServer } from 'node:http';
import { answerEveryCustomer } from './every-customer.ts';

/** REST APIs that answer after a while. Told by its parent how each is to behave. */
type Behaviour = 'answer' | 'hang' | 'reset' | 'unavailable' | 'slow';

const latencyMs = Number(process.argv[2] ?? 20);
const behaviours: Record<string, Behaviour> = {};
const calls: Record<string, number> = {};

const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://upstream');
  const api = url.pathname.split('/')[1] ?? '';
  calls[api] = (calls[api] ?? 0) + 1;
  const behaviour = behaviours[api] ?? 'answer';
  if (behaviour === 'hang') return;
  if (behaviour === 'reset') return void request.socket.destroy();
  setTimeout(
    () => {
      const { status = 200, body } =
        behaviour === 'unavailable' ? { status: 503, body: {} } : answerEveryCustomer(url);
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    },
    behaviour === 'slow' ? 20_000 : latencyMs,
  );
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', 4_096, () => {
  const address = server.address();
  process.send?.({ url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}` });
});
process.on('message', (changes: Record<string, Behaviour>) => {
  Object.assign(behaviours, changes);
  process.send?.({ calls: { ...calls } });
  for (const api of Object.keys(calls)) calls[api] = 0;
});
process.once('disconnect', () => process.exit());
