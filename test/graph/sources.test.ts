import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { startStubServer, type RecordingServer } from '../support/recording-server.ts';
import { entryFor } from '../support/sources.ts';
import { idsIn } from './support/endless-apis.ts';

/** Two companies in the same kind of system: the same ids stand for other customers. */
let north: RecordingServer;
let south: RecordingServer;
let product: TestProduct;

beforeAll(async () => {
  north = await startSage('North');
  south = await startSage('South');
  product = await startTestProduct({
    'sage-south': entryFor.sage200(south.url),
    'sage-north': entryFor.sage200(north.url, { simulated: true }),
    elevate: entryFor.elevate(north.url),
    cro: entryFor.cro(north.url),
  });
});

afterAll(async () => {
  await product.close();
  await Promise.all([north.close(), south.close()]);
});

function startSage(company: string): Promise<RecordingServer> {
  const createCustomer = (id: number) => ({
    id,
    name: `${company} ${id}`,
    main_address: { id: 10 + id, city: company },
  });
  return startStubServer(({ pathname, searchParams }) => {
    const filter = searchParams.get('$filter');
    return {
      body:
        filter === null
          ? createCustomer(Number(pathname.split('/').at(-1)))
          : idsIn(filter).map(createCustomer),
    };
  });
}

describe('two sources of one provider', () => {
  it('never mix their customers', async () => {
    const ids = ['sage-north:1', 'sage-south:1', 'sage-south:2', 'sage-north:2', 'sage-north:1'];
    const query = `query ($ids: [ID!]!, $id: ID!) {
      customersByIds(ids: $ids) { ...Told }
      customer(id: $id) { ...Told }
      node(id: "sage-north:3") { ...Told }
    }
    fragment Told on Customer { id nativeId name source { name } addresses { id city } }`;
    const { data, errors } = await product.query(query, { variables: { ids, id: 'sage-south:3' } });
    expect(errors).toEqual([]);
    const told = (id: string) => {
      const [source = '', nativeId = ''] = id.split(':');
      const company = source === 'sage-north' ? 'North' : 'South';
      const address = { id: `${source}:address:${10 + Number(nativeId)}`, city: company };
      return { id, nativeId, name: `${company} ${nativeId}`, source: { name: source }, addresses: [address] };
    };
    expect(data).toEqual({
      customersByIds: ids.map(told),
      customer: told('sage-south:3'),
      node: told('sage-north:3'),
    });
    expect(north.calls).toEqual([
      'GET /sage/customers?$filter=id eq 1 or id eq 2 or id eq 3&$expand=main_address',
    ]);
    expect(south.calls).toEqual([
      'GET /sage/customers?$filter=id eq 1 or id eq 2 or id eq 3&$expand=main_address',
    ]);
  });
});

describe('sources', () => {
  it('are listed in the order of the configuration', async () => {
    const { data } = await product.query(
      '{ sources { name provider title isSimulated capabilities { customersPerCall } } }',
    );
    const create = (
      name: string,
      provider: string,
      title: string,
      isSimulated: boolean,
      customersPerCall: number,
    ) => ({
      name,
      provider,
      title,
      isSimulated,
      capabilities: { customersPerCall },
    });
    expect(data['sources']).toEqual([
      create('sage-south', 'sage200', 'Sage 200', false, 20),
      create('sage-north', 'sage200', 'Sage 200', true, 20),
      create('elevate', 'elevate', 'Elevate', false, 1),
      create('cro', 'cro', 'CRO Software', false, 1),
    ]);
  });
});
