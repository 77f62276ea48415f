import { createServer } from 'node:http';

/*
 * A REST API that sends a part of its answer and then waits to be killed. Arguments: port, body, bytes of it to send,
 * `length` or `chunks` for how the body is framed. Tells its parent when it listens and when the part is on its way.
 */
const [port, body, sentBytes, framing] = process.argv.slice(2);
const part = Buffer.from(body).subarray(0, Number(sentBytes));

const server = createServer((_request, response) => {
  // One byte more than there is: the whole body is not the whole answer either.
  const length = framing === 'length' ? { 'content-length': Buffer.byteLength(body) + 1 } : {};
  response.writeHead(200, { 'content-type': 'application/json', ...length });
  response.flushHeaders();
  const tell = () => process.send('sent');
  if (part.length === 0) tell();
  else response.write(part, tell);
});

server.listen(Number(port), '127.0.0.1', () => process.send('listening'));
