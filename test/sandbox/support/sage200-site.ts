import { expect } from '@jest/globals';
import {
  createSage200App,
  sandboxApi,
  type Sage200SiteOptions,
} from '../../../src/sandbox/providers/sage200.ts';
import type { World } from '../../../src/sandbox/world/index.ts';
import { ask, readRows, type Answer } from './ask.ts';

export const basePath = '/uk/sage200extra/accounts/v1';

/** What every data call carries. */
export const allHeaders: Readonly<Record<string, string>> = { ...sandboxApi.example?.headers };

/** All that `$expand` takes of a customer. */
export const everything = [
  ...[
    'associated_head_office',
    'country_code',
    'credit_bureau',
    'credit_memo_note',
    'credit_position',
    'currency',
  ],
  ...[
    'customer_discount_group',
    'default_nominal_code',
    'default_tax_code',
    'finance_charge',
    'main_address',
    'order_value_discount',
  ],
  ...['price_band', 'sales_credit_note_layout', 'sales_invoice_layout', 'statement_layout', 'status'],
  ...['alerts', 'cards', 'contacts', 'limited_price_bands', 'memos'],
].join(',');

/** A site that listens on a free port. */
export interface TestSite {
  readonly url: string;
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  /** The records at `path`, which must be there. */
  list(path: string): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

export async function startSite(world: World, options: Sage200SiteOptions = {}): Promise<TestSite> {
  const app = createSage200App(world, options);
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const get = (path: string, headers: Record<string, string> = allHeaders) =>
    ask(url + basePath + path, headers);
  return {
    url,
    get,
    async list(path) {
      const { status, body } = await get(path);
      expect(status).toBe(200);
      return readRows(body);
    },
    async close() {
      app.server.closeAllConnections();
      await app.close();
    },
  };
}
