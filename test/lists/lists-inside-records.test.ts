import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startStubGraph, type StubGraph } from '../graph/support/stub-graph.ts';

/*
 * A record whose source says beside a list inside it that the list goes on elsewhere: the field is an error, and the rest
 * is there.
 */

const link = 'https://example.com/customers(1)?$skip=2';

const customer = {
  id: 1,
  name: 'Bristol Print Limited',
  contacts: [
    { id: 5, name: 'Ann Lee', emails: [{ email: 'ann@example.com' }], 'emails@odata.nextLink': link },
    { id: 6, name: 'Bob Day', emails: [{ email: 'bob@example.com' }], 'emails@odata.nextLink': null },
  ],
};
const cutCustomer = { ...customer, 'contacts@odata.nextLink': link };

const message = (place: string) =>
  `Sage 200 (source "sage200") sent only a part of ${place}, and a link to the rest.`;

describe.each(['undici', 'fetch'])('over %s', (transport) => {
  const opened: StubGraph[] = [];
  let graph: StubGraph;

  beforeEach(async () => {
    graph = await startStubGraph({ transport });
    opened.push(graph);
  });
  afterAll(() => Promise.all(opened.map((each) => each.close())));

  it('a cut list of objects is null, with an error', async () => {
    graph.answers.set('/sage/customers/1', { body: cutCustomer });
    const { data, errors } = await graph.query('{ customer(id: "sage200:1") { name contacts { name } } }');
    expect(data['customer']).toEqual({ name: 'Bristol Print Limited', contacts: null });
    expect(errors).toEqual([
      expect.objectContaining({
        message: message('Sage200Customer.contacts'),
        path: ['customer', 'contacts'],
        extensions: expect.objectContaining({ code: 'UPSTREAM_BAD_RESPONSE', source: 'sage200' }),
      }),
    ]);
    expect(graph.calls).toEqual(['GET /sage/customers/1?$expand=contacts']);
  });

  it('in a batch it costs that customer alone', async () => {
    graph.answers.set('/sage/customers', { body: [cutCustomer, { ...customer, id: 2 }] });
    const { data, errors } = await graph.query(
      '{ customersByIds(ids: ["sage200:1", "sage200:2"]) { nativeId contacts { name } } }',
    );
    expect(data['customersByIds']).toEqual([
      { nativeId: '1', contacts: null },
      { nativeId: '2', contacts: [{ name: 'Ann Lee' }, { name: 'Bob Day' }] },
    ]);
    expect(errors.map(({ path }) => path)).toEqual([['customersByIds', 0, 'contacts']]);
  });

  it('in a list of customers as well', async () => {
    graph.answers.set('/sage/customers', { body: [cutCustomer] });
    const { data, errors } = await graph.query(
      '{ customers(first: 5, filter: { sources: ["sage200"] }) { nodes { nativeId contacts { name } } } }',
    );
    expect(data['customers']).toEqual({ nodes: [{ nativeId: '1', contacts: null }] });
    expect(errors.map(({ path }) => path)).toEqual([['customers', 'nodes', 0, 'contacts']]);
  });

  it('a cut list that a field is computed from is an error of that field', async () => {
    graph.answers.set('/sage/customers/1', { body: customer });
    const { data, errors } = await graph.query(
      '{ customer(id: "sage200:1") { contacts { name emailAddresses } } }',
    );
    expect(data['customer']).toEqual({
      contacts: [
        { name: 'Ann Lee', emailAddresses: null },
        { name: 'Bob Day', emailAddresses: ['bob@example.com'] },
      ],
    });
    expect(errors.map((error) => [error.message, error.path])).toEqual([
      [message('Sage200Contact.emailAddresses'), ['customer', 'contacts', 0, 'emailAddresses']],
    ]);
  });
});
