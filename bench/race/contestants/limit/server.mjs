/*
 * The limit for Node.js: no GraphQL, no checks. It reads the variables of an operation, makes the calls with undici,
 * projects the records by hand and answers.
 */
import { createServer } from 'node:http';
import { Agent, request } from 'undici';
import { normalize } from '../normalize.mjs';

const upstream = process.env.UPSTREAM;
const dispatcher = new Agent({ connections: 64 });

async function load(id) {
  const [api, nativeId] = id.split(':');
  const { body } = await request(`${upstream}/${api}/customers/${nativeId}`, { dispatcher });
  return normalize[api](await body.json());
}

async function answer({ id, ids }) {
  if (ids === undefined) return { customer: await load(id) };
  return { customers: await Promise.all(ids.map(load)) };
}

async function respond(incoming, response) {
  const chunks = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const { variables } = JSON.parse(Buffer.concat(chunks).toString());
  const data = await answer(variables);
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ data }));
}

const server = createServer((incoming, response) => void respond(incoming, response));
server.listen(Number(process.env.PORT), '127.0.0.1');
