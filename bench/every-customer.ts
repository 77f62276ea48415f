/** What a REST API answers, with 200 unless said otherwise. */
export interface RestAnswer {
  readonly status?: number;
  readonly body?: unknown;
}

/** REST APIs with a customer for every id. Of Sage 200 the `$filter` over several ids is understood as well. */
export function answerEveryCustomer({ pathname, searchParams }: URL): RestAnswer {
  const [, api = '', resource, id] = pathname.split('/');
  if (resource !== 'customers') return { status: 404 };
  if (id !== undefined) return { body: createCustomer(api, Number(id)) };
  const filter = searchParams.get('$filter');
  if (filter === null) return { status: 404 };
  const ids = filter.split(' or ').map((clause) => Number(/^id eq (\d+)$/.exec(clause)?.[1]));
  return { body: ids.map((each) => createCustomer(api, each)) };
}

function createCustomer(api: string, id: number): object {
  return api === 'elevate' ? { id, customerName: `elevate ${id}` } : { id, name: `${api} ${id}` };
}

/** Entries of a configuration for the three of them at one server. @param settings added to each */
export function createSources(
  url: string,
  settings: Readonly<Record<string, unknown>> = {},
): Record<'elevate' | 'sage200' | 'cro', { readonly provider: string; readonly [setting: string]: unknown }> {
  const common = { auth: { type: 'bearer', token: 'bench.bench.bench' }, ...settings };
  return {
    elevate: { provider: 'elevate', baseUrl: `${url}/elevate`, ...common },
    sage200: { provider: 'sage200', baseUrl: `${url}/sage200`, subscriptionKey: 'bench', ...common },
    cro: { provider: 'cro', baseUrl: `${url}/cro`, tenantId: 1, ...common },
  };
}
