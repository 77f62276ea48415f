import { Pool } from 'undici';
import { runMany } from '../../support/load.ts';
import { startTestProduct } from '../../support/product.ts';
import { startStubServer } from '../../support/recording-server.ts';
import { entryFor } from '../../support/sources.ts';

/** Far fewer than there are operations: most share calls, or find an answer kept. */
const customers = 7;
const concurrency = 32;

/** What became of the operations of two callers. */
export interface Interleaved {
  readonly count: number;
  /** Answers that were not what this caller had to get. */
  readonly crossed: readonly string[];
  /** REST calls, in the order of their arrival. */
  readonly calls: readonly string[];
}

/** Two callers ask for the same customers in turn, of a source whose answers name the credentials that they are for. */
export async function interleaveTwoCallers(
  operations: number,
  customersSeconds: number,
): Promise<Interleaved> {
  const stub = await startStubServer(({ pathname }, { headers }) => ({
    headers: { 'cache-control': 'public, max-age=60', etag: '"same"', 'content-type': 'application/json' },
    body: { id: Number(pathname.split('/').at(-1)), customerName: `of ${headers.authorization}` },
  }));
  const settings = { auth: { type: 'forward' }, cache: { customersSeconds } };
  const product = await startTestProduct({ elevate: entryFor.elevate(stub.url, settings) });
  const pool = new Pool(product.url, { connections: concurrency });
  let count = 0;
  const crossed: string[] = [];
  try {
    await runMany(operations, concurrency, async (turn) => {
      const caller = turn % 2 === 0 ? 'Bearer first' : 'Bearer second';
      const id = 1 + (Math.floor(turn / 2) % customers);
      const { body } = await pool.request({
        path: '/graphql',
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-elevate-authorization': caller },
        body: JSON.stringify({ query: `{ customer(id: "elevate:${id}") { id name } }` }),
      });
      const text = (await body.text()).trim();
      count += 1;
      const customer = { id: `elevate:${id}`, name: `of ${caller}` };
      if (text !== JSON.stringify({ data: { customer } })) crossed.push(text);
    });
    return { count, crossed, calls: stub.calls.slice() };
  } finally {
    await pool.close();
    await product.close();
    await stub.close();
  }
}
