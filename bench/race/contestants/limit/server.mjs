/*
 * The limit for Node.js: no GraphQL, no checks. It reads the variables of an operation, makes the fewest calls with
 * undici, projects the records by hand and answers.
 */
import { createServer } from 'node:http';
import { Agent, request } from 'undici';
import { normalize } from '../normalize.mjs';

const upstream = process.env.UPSTREAM;
const dispatcher = new Agent({ connections: 64 });

async function get(path) {
  const { body } = await request(`${upstream}/${path}`, { dispatcher });
  return body.json();
}

async function load(id) {
  const [api, nativeId] = id.split(':');
  return normalize[api](await get(`${api}/customers/${nativeId}`));
}

async function loadReference({ __typename, id }) {
  const { name } = await load(id);
  return { __typename, id, name };
}

const idsPerFilter = 20;

async function loadWithLookups(ids) {
  const filters = Array.from({ length: Math.ceil(ids.length / idsPerFilter) }, (_, index) =>
    ids
      .slice(index * idsPerFilter, (index + 1) * idsPerFilter)
      .map((id) => `id eq ${id.slice(id.indexOf(':') + 1)}`)
      .join(' or '),
  );
  const [currencies, priceBands, countries, taxCodes, ...customers] = await Promise.all([
    getById('currencies'),
    getById('price_bands'),
    getById('country_codes'),
    getById('tax_codes'),
    ...filters.map((filter) => get(`sage200/customers?$filter=${encodeURIComponent(filter)}`)),
  ]);
  const nameOf = (rows, id) => (rows.has(id) ? { name: rows.get(id).name } : null);
  return customers.flat().map((record) => ({
    id: `sage200:${record.id}`,
    name: record.name,
    currency: nameOf(currencies, record.currency_id),
    priceBand: nameOf(priceBands, record.price_band_id),
    country: nameOf(countries, record.country_code_id),
    taxCode: nameOf(taxCodes, record.default_tax_code_id),
  }));
}

async function getById(collection) {
  return new Map((await get(`sage200/${collection}`)).map((row) => [row.id, row]));
}

async function list(first) {
  const each = Math.ceil(first / 3);
  const [elevate, sage200, cro] = await Promise.all([
    get(`elevate/customers?page=1&pageSize=${each}&sort=id`),
    get(`sage200/customers?$orderby=id%20asc&$skip=0&$top=${each}`),
    get(`cro/customers?page_index=1&page_limit=${each}`),
  ]);
  return [
    ...elevate.map(({ id, customerName }) => ({ id: `elevate:${id}`, name: customerName })),
    ...sage200.map(({ id, name }) => ({ id: `sage200:${id}`, name })),
    ...cro.results.map(({ id, name }) => ({ id: `cro:${id}`, name })),
  ].slice(0, first);
}

async function answer({ id, ids, representations, sageIds, first }) {
  if (id !== undefined) return { customer: await load(id) };
  if (ids !== undefined) return { customers: await Promise.all(ids.map(load)) };
  if (sageIds !== undefined) return { sageCustomers: await loadWithLookups(sageIds) };
  if (first !== undefined) return { list: await list(first) };
  return { _entities: await Promise.all(representations.map(loadReference)) };
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
