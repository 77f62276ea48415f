import type { Answer, Decoding, Query } from '../../rest/client.ts';
import type { Resource } from '../../rest/settings.ts';
import type { SourceRequest } from '../provider.ts';
import { decodeList, type ListAnswer } from '../kit/list-answer.ts';
import type { PagedList } from '../kit/list-pages.ts';
import type { PageMemory } from '../kit/page-memory.ts';
import { pageByOffset } from '../kit/paging.ts';
import { maxTop } from './odata.ts';

const paging = pageByOffset({ skip: '$skip', top: '$top' }, { maxPageSize: maxTop });

/** Makes the call for a list, with a query added to its own. */
export type GetList<T> = (query: Query, decoding: Decoding<ListAnswer<T>>) => Promise<Answer<ListAnswer<T>>>;

interface ListOptions<T> {
  /** `$skip` holds for the first page. */
  readonly query?: Query;
  readonly resource?: Resource;
  /** `request.get` by default. */
  readonly get?: GetList<T>;
}

/** A list that is asked for in the order of ids: `$skip` is refused without an order. */
export function createList<T extends object>(
  request: SourceRequest,
  memory: PageMemory,
  path: string,
  { query = {}, resource = 'customers', get }: ListOptions<T> = {},
): PagedList<T> {
  const getList: GetList<T> = get ?? ((page, decoding) => request.get(path, page, decoding));
  const { $skip: firstSkip, ...own } = query;
  return {
    request,
    memory,
    path,
    paging,
    isCounted: false,
    isSorted: true,
    decoding: createListDecoding<T>(request, resource),
    getPage: ({ $skip = firstSkip, $top }, decoding) =>
      getList({ ...own, $orderby: 'id asc', $skip, $top }, decoding),
  };
}

/** The decoding of a list: a plain array, or an envelope with a link to what follows. */
function createListDecoding<T extends object>(
  request: SourceRequest,
  resource: Resource = 'customers',
): Decoding<ListAnswer<T>> {
  return { decode: (body, header) => decodeList<T>(request, body, header), resource };
}
