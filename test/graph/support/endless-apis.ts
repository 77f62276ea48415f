import type { StubAnswer } from '../../support/recording-server.ts';

/**
 * REST APIs that have a customer for every id, at the paths of `createEntries`. Its name says which: `sage200 7`.
 * Of Sage 200 the `$filter` over several ids is understood as well.
 */
export function answerEveryCustomer({ pathname, searchParams }: URL): StubAnswer {
  const [, api = '', resource, id] = pathname.split('/');
  if (resource !== 'customers') return { status: 404 };
  const filter = searchParams.get('$filter');
  if (id !== undefined) return { body: createCustomer(api, Number(id)) };
  return filter === null ? { status: 404 } : { body: idsIn(filter).map((each) => createCustomer(api, each)) };
}

export function idsIn(filter: string): number[] {
  return filter.split(' or ').map((clause) => Number(/^id eq (\d+)$/.exec(clause)?.[1]));
}

function createCustomer(api: string, id: number): object {
  if (api === 'v1') return { id, customerName: `elevate ${id}` };
  return { id, name: `${api === 'sage' ? 'sage200' : 'cro'} ${id}` };
}
