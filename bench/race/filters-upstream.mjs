/*
 * The REST APIs of the race with lists, filters over several ids, and lookups, which files cannot have. Everything is
 * held in memory. Started with the folder of the records and a port.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';

const [folder = '', port = ''] = process.argv.slice(2);

/** By `<api>/<collection>`: the rows' texts by id, in ascending order. */
const collections = new Map(
  readdirSync(folder).flatMap((api) =>
    readdirSync(path.join(folder, api)).map((name) => [
      `${api}/${name}`,
      readRows(path.join(folder, api, name)),
    ]),
  ),
);

function readRows(collection) {
  const ids = readdirSync(collection).toSorted((a, b) => Number(a) - Number(b));
  return new Map(ids.map((id) => [id, readFileSync(path.join(collection, id), 'utf8')]));
}

/** Answers are made once. */
const answers = new Map();
let calls = 0;

function answer(url) {
  const { pathname, searchParams } = new URL(url, 'http://upstream');
  const [, api, name, id] = pathname.split('/');
  const rows = collections.get(`${api}/${name}`);
  if (id !== undefined || rows === undefined) return rows?.get(id);
  const list = `[${select(rows, searchParams).join(',')}]`;
  if (api !== 'cro') return list;
  const [limit, page] = [searchParams.get('page_limit'), searchParams.get('page_index')];
  const total = `"total_count":${rows.size},"total_pages":${Math.ceil(rows.size / limit)}`;
  return `{"current_limit":${limit},"current_page":${page},"results":${list},${total}}`;
}

/** The rows of a filter over ids, or a stretch of the list, as each of the APIs asks for one. */
function select(rows, query) {
  const filter = query.get('$filter');
  if (filter !== null) return [...filter.matchAll(/\d+/g)].flatMap(([id]) => rows.get(id) ?? []);
  const size = Number(query.get('pageSize') ?? query.get('$top') ?? query.get('page_limit') ?? rows.size);
  const page = Number(query.get('page') ?? query.get('page_index') ?? 1);
  const start = Number(query.get('$skip') ?? (page - 1) * size);
  return [...rows.values()].slice(start, start + size);
}

const server = createServer(({ url }, response) => {
  calls += 1;
  // As nginx says it.
  if (url === '/status') return response.end(` 0 0 ${calls}\n`);
  if (!answers.has(url)) answers.set(url, answer(url));
  const text = answers.get(url);
  response.writeHead(text === undefined ? 404 : 200, { 'content-type': 'application/json' });
  response.end(text);
});
server.keepAliveTimeout = 600_000;
server.listen(Number(port), '127.0.0.1');
