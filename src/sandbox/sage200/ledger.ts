import { createLazyTable } from '../records/lazy-table.ts';
import type { Row } from '../records/row.ts';
import type { World } from '../world/index.ts';
import { openAccounts } from './accounts.ts';
import { recordDeliveryAddresses } from './addresses.ts';
import { recordCustomer } from './customers.ts';
import { enumerations } from './enumerations.ts';
import { lookups } from './lookups.ts';
import { createOlderModel, currentModel } from './model.ts';
import type { Model } from './odata/model.ts';
import { recordView } from './views.ts';

/** One list of records, as it is found below the API's base path. */
export interface Collection {
  readonly name: string;
  readonly shapeName: string;
  /** Whether single records are found below it by id. */
  readonly hasRecords: boolean;
  /** Whether it is found below a customer too, with that customer's records. */
  readonly isBelowCustomer: boolean;
  readonly rows: () => readonly Row[];
  readonly get: (id: number) => Row | undefined;
}

/** All a site holds about its customers. */
export interface Ledger {
  readonly model: Model;
  readonly collections: readonly Collection[];
}

/** Lists of the customer's own records: where they hang on the customer, or on each of its contacts. */
const childCollections: readonly (readonly [
  name: string,
  shapeName: string,
  link: string,
  owner: 'customer' | 'contact',
])[] = [
  ['customer_contacts', 'customer_contact', 'contacts', 'customer'],
  ['customer_alerts', 'customer_alert', 'alerts', 'customer'],
  ['customer_memos', 'customer_memo', 'memos', 'customer'],
  ['customer_cards', 'customer_card', 'cards', 'customer'],
  ['customer_price_bands', 'customer_price_band', 'limited_price_bands', 'customer'],
  ['customer_emails', 'customer_email', 'emails', 'contact'],
  ['customer_telephones', 'customer_telephone', 'telephones', 'contact'],
  ['customer_mobiles', 'customer_mobile', 'mobiles', 'contact'],
  ['customer_faxes', 'customer_fax', 'faxes', 'contact'],
  ['customer_websites', 'customer_website', 'websites', 'contact'],
  ['customer_contact_roles', 'customer_contact_role', 'roles', 'contact'],
];

/** Collections that came in with later updates of the site. */
const recentCollections: ReadonlySet<string> = new Set([
  'customer_alerts',
  'customer_memos',
  'customer_cards',
  'customer_price_bands',
]);

/** Enumerations are lists only: their values are asked for as a whole. */
const enumerationNames: ReadonlySet<string> = new Set(Object.keys(enumerations));

/** The ledger of the world's customers. Records are built when they are first asked for. */
export function createLedger(world: World, isOlderSite: boolean): Ledger {
  const accounts = openAccounts(world);
  const customers = createLazyTable(accounts.length, (id): Row => {
    const account = accounts[id - 1];
    if (account === undefined) throw new Error(`The ledger has no customer ${id}`);
    return recordCustomer(account(), (headOfficeId) => customers.get(headOfficeId) ?? null);
  });
  const deliveryAddresses = () =>
    accounts.flatMap((account, index) => {
      const customer = customers.get(index + 1);
      return customer === undefined ? [] : recordDeliveryAddresses(account(), customer);
    });
  const collections = [
    {
      name: 'customers',
      shapeName: 'customer',
      hasRecords: true,
      isBelowCustomer: false,
      rows: customers.all,
      get: customers.get,
    },
    createCollection('customer_views', 'customer_view', () => customers.all().map(recordView), {
      hasRecords: false,
    }),
    createCollection('customer_delivery_addresses', 'customer_delivery_address', deliveryAddresses, {
      isBelowCustomer: true,
    }),
    ...childCollections.map(([name, shapeName, link, owner]) => {
      const owners = () => (owner === 'customer' ? customers.all() : readList(customers.all(), 'contacts'));
      return createCollection(name, shapeName, () => readList(owners(), link), {
        isBelowCustomer: owner === 'customer',
      });
    }),
    ...Object.entries(lookups).map(([name, rows]) =>
      createCollection(name, toShapeName(name), () => rows, { hasRecords: !enumerationNames.has(name) }),
    ),
  ];
  if (!isOlderSite) return { model: currentModel, collections };
  return {
    model: createOlderModel(),
    collections: collections.filter(({ name }) => !recentCollections.has(name)),
  };
}

function createCollection(
  name: string,
  shapeName: string,
  build: () => readonly Row[],
  {
    hasRecords = true,
    isBelowCustomer = false,
  }: { readonly hasRecords?: boolean; readonly isBelowCustomer?: boolean },
): Collection {
  let built: readonly Row[] | undefined;
  const rows = () => (built ??= build());
  let byId: ReadonlyMap<unknown, Row> | undefined;
  const get = (id: number) => (byId ??= new Map(rows().map((row) => [row['id'], row]))).get(id);
  return { name, shapeName, hasRecords, isBelowCustomer, rows, get };
}

function readList(owners: readonly Row[], link: string): readonly Row[] {
  return owners.flatMap((owner) => {
    const list: unknown = owner[link];
    return Array.isArray(list)
      ? list.filter((item): item is Row => typeof item === 'object' && item !== null)
      : [];
  });
}

/** `currencies` holds records of shape `currency`, `tax_codes` of shape `tax_code`. */
function toShapeName(collectionName: string): string {
  return collectionName.replace(/ies$/, 'y').replace(/s$/, '');
}
