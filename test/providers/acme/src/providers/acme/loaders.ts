import type { Customer, Depot } from '../../generated/acme.ts';
import type * as provider from '../provider.ts';
import { decodeList } from '../kit/list-answer.ts';
import { readBatch } from '../kit/list-batches.ts';
import type { UnpagedList } from '../kit/list-pages.ts';
import { createPageMemory, type PageMemory } from '../kit/page-memory.ts';
import { createBatchRecordLoader, createRecordLoader, type RecordLoader } from '../kit/record-loaders.ts';
import { identifiedBy } from '../kit/rows.ts';
import type { Settings } from './config.ts';

export interface Loaders extends provider.Loaders {
  readonly customers: RecordLoader<Customer>;
  readonly depots: RecordLoader<Depot>;
}

/** Ids that `refs` may hold. */
export const idsPerCall = 10;

export function connect(settings: Settings): (request: provider.SourceRequest) => Loaders {
  const memory = createPageMemory(settings.maxPageSize);
  return (request) => ({
    customers: createBatchRecordLoader(request, {
      name: 'acme.customers',
      maxBatchSize: idsPerCall,
      fetchOne: (id, decoding) => request.get(`/clients/${id}`, {}, decoding),
      fetchMany: (ids) => readBatch(createClientList(request, memory), { refs: ids.join(',') }, ids.length),
    }),
    depots: createRecordLoader(identifiedBy(request, 'code'), {
      fetchOne: (id, decoding) => request.get(`/depots/${id}`, {}, { ...decoding, resource: 'lookups' }),
    }),
  });
}

function createClientList(request: provider.SourceRequest, memory: PageMemory): UnpagedList<Customer> {
  return {
    request,
    memory,
    path: '/clients',
    decoding: {
      decode: (body, header) => decodeList<Customer>(request, body, header),
      resource: 'customers',
    },
    getPage: (query, decoding) => request.get('/clients', query, decoding),
  };
}
