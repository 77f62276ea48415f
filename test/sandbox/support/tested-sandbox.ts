import { startSandbox, type Fault, type FaultControl, type Sandbox } from '../../../src/sandbox/index.ts';
import { receive, type Received } from './wire.ts';

/** One simulated API of a sandbox, reached with its own credentials. */
export interface TestedApi {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly control: FaultControl;
  /** The true answer: no faults but the given one, which is switched off again. */
  get(path: string, fault?: Fault): Promise<Received>;
}

/** What the tests ask for: a customer, a list, and a list that belongs to a customer. */
export const apiPaths = {
  elevate: {
    record: '/v1/customers/12',
    list: '/v1/customers?page=2&pageSize=6',
    below: '/v1/sites?page=1&pageSize=9&customerId=12',
  },
  sage200: {
    record: '/uk/sage200extra/accounts/v1/customers/12',
    list: '/uk/sage200extra/accounts/v1/customers?$orderby=id&$top=6&$skip=6',
    below: '/uk/sage200extra/accounts/v1/customer_contacts?$filter=customer_id%20eq%2012',
  },
  cro: {
    record: '/customers/12',
    list: '/customers?page_index=2&page_limit=6',
    below: '/customers/12/contacts',
  },
} as const;

export type ApiName = keyof typeof apiPaths;
export const apiNames = ['elevate', 'sage200', 'cro'] as const satisfies readonly ApiName[];

export async function startTestedSandbox(): Promise<{
  readonly sandbox: Sandbox;
  readonly apis: Readonly<Record<ApiName, TestedApi>>;
}> {
  const sandbox = await startSandbox({ ports: 'free' });
  const find = (name: ApiName): TestedApi => {
    const api = sandbox.apis.find(({ provider }) => provider === name);
    const control = sandbox.faults[name];
    if (api === undefined || control === undefined) throw new TypeError(`the sandbox has no ${name}`);
    const headers = { ...api.example?.headers };
    return {
      url: api.url,
      headers,
      control,
      async get(path, fault) {
        control.set(fault === undefined ? [] : [fault]);
        const received = await receive(api.url + path, headers);
        control.clear();
        return received;
      },
    };
  };
  return { sandbox, apis: { elevate: find('elevate'), sage200: find('sage200'), cro: find('cro') } };
}
