import type { Customer, Depot } from '../../generated/acme.ts';
import type * as provider from '../provider.ts';
import { createBatchRecordLoader, createRecordLoader, type RecordLoader } from '../kit/record-loaders.ts';
import { decodeItems } from '../kit/rows.ts';
import type { Settings } from './config.ts';

export interface Loaders extends provider.Loaders {
  readonly customers: RecordLoader<Customer, Loaders>;
  readonly depots: RecordLoader<Depot, Loaders>;
}

/** Ids that `ids` may hold. */
export const idsPerCall = 10;

export function connect(_settings: Settings): (request: provider.SourceRequest<Loaders>) => Loaders {
  return (request) => ({
    customers: createBatchRecordLoader(request, {
      name: 'acme.customers',
      maxBatchSize: idsPerCall,
      fetchOne: (id, decoding) => request.get(`/clients/${id}`, {}, decoding),
      fetchMany: (ids) =>
        request.get(
          '/clients',
          { ids: ids.join(',') },
          { decode: (body) => decodeItems<Customer, Loaders>(request, body), resource: 'customers' },
        ),
    }),
    depots: createRecordLoader(request, {
      name: 'acme.depots',
      fetchOne: (id, decoding) => request.get(`/depots/${id}`, {}, { ...decoding, resource: 'lookups' }),
    }),
  });
}
