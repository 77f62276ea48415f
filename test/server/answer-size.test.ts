import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { execute, getIntrospectionQuery, Kind, parse } from 'graphql';
import { createAnswerMeter } from '../../src/graph/answer-meter.ts';
import { createGraph } from '../../src/graph/schema.ts';
import { fragmentsOf } from '../../src/graph/selection.ts';
import { providers } from '../../src/providers/index.ts';
import { measureIntrospection } from '../../src/server/limits/introspection-size.ts';
import { readCounter } from '../support/metrics.ts';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { startStubServer, type RecordingServer } from '../support/recording-server.ts';
import { entryFor } from '../support/sources.ts';

/** 10 characters. */
const name = 'Harbour Co';

let api: RecordingServer;
let silent: RecordingServer;
let product: TestProduct;
let generous: TestProduct;

beforeAll(async () => {
  api = await startStubServer(({ pathname }) => {
    const id = Number(pathname.split('/').at(-1));
    return { body: { id, name: id > 1_000 ? name.repeat(100) : name } };
  });
  silent = await startStubServer(() => new Promise(() => {}));
  const sources = { cro: entryFor.cro(api.url), elevate: entryFor.elevate(silent.url) };
  product = await startTestProduct(sources, undefined, {
    server: { maxAnswerValues: 100, maxAnswerBytes: 10_000 },
  });
  generous = await startTestProduct(sources, undefined, { server: { maxRootFields: 1_000 } });
});

beforeEach(() => {
  api.calls.length = 0;
});

afterAll(async () => {
  await product.close();
  await generous.close();
  await api.close();
  await silent.close();
});

/** Fields, and items of lists. */
function countValues(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce((sum: number, inner) => sum + 1 + countValues(inner), 0);
}

/** The ids of so many customers, as a list of the query language. */
function idsOf(count: number, first = 1): string {
  return JSON.stringify(Array.from({ length: count }, (_, index) => `cro:${index + first}`));
}

function refusal(found: string): object {
  return {
    status: 400,
    data: undefined,
    errors: [
      {
        message: `The operation is too large: ${found}.`,
        extensions: { code: 'QUERY_TOO_COMPLEX', requestId: expect.any(String) },
      },
    ],
  };
}

async function ask(query: string, on = product, headers: Record<string, string> = {}) {
  const { status, data, errors } = await on.query(query, { headers });
  return { status, data, errors };
}

describe('an answer', () => {
  it('of as many values as it may have is sent', async () => {
    const { status, data, errors } = await ask(`{ customersByIds(ids: ${idsOf(33)}) { id name } }`);
    expect({ status, errors }).toEqual({ status: 200, errors: [] });
    expect(data['customersByIds']).toHaveLength(33);
  });

  it('of more values is refused', async () => {
    await expect(ask(`{ customersByIds(ids: ${idsOf(34)}) { id name } }`)).resolves.toEqual(
      refusal('101 values in the answer (at most 100)'),
    );
  });

  it('of long texts is refused', async () => {
    await expect(ask(`{ customersByIds(ids: ${idsOf(12, 1_001)}) { name } }`)).resolves.toMatchObject({
      status: 400,
      errors: [{ message: expect.stringMatching(/ 1\d{4} bytes in the answer \(at most 10000\)\.$/) }],
    });
  });

  it('of few values under a long name is refused', async () => {
    const alias = 'n'.repeat(1_000);
    const { status, errors } = await ask(`{ customersByIds(ids: ${idsOf(12)}) { ${alias}: name } }`);
    expect(status).toBe(400);
    expect(errors).toMatchObject([
      { message: expect.stringMatching(/bytes in the answer \(at most 10000\)/) },
    ]);
  });

  it('of many errors is refused', async () => {
    const ids = JSON.stringify(Array.from({ length: 40 }, () => 'nowhere:1'));
    await expect(ask(`{ customersByIds(ids: ${ids}) { id } }`)).resolves.toMatchObject({
      status: 400,
      errors: [{ message: expect.stringMatching(/bytes in the answer|values in the answer/) }],
    });
  });

  it('with a trace of each field counts four times', async () => {
    const query = `{ customersByIds(ids: ${idsOf(10)}) { id name } }`;
    await expect(ask(query)).resolves.toMatchObject({ status: 200 });
    await expect(ask(query, product, { 'apollo-federation-include-trace': 'ftv1' })).resolves.toEqual(
      refusal('104 values in the answer (at most 100)'),
    );
  });

  it('that is too large waits for nothing more', async () => {
    const query = `{ slow: customer(id: "elevate:1") { name } customersByIds(ids: ${idsOf(40)}) { id name } }`;
    const startMs = performance.now();
    await expect(ask(query)).resolves.toMatchObject({ status: 400 });
    // The source itself never answers, and the request has ten seconds.
    expect(performance.now() - startMs).toBeLessThan(9_000);
  });
});

describe('introspection', () => {
  it.each([
    ['of everything', getIntrospectionQuery({ inputValueDeprecation: true, directiveIsRepeatable: true })],
    [
      'of a type',
      '{ __type(name: "Customer") { ...T ...T } } fragment T on __Type { a: name possibleTypes { fields(includeDeprecated: true) { name type { name ofType { kind } } } } }',
    ],
    [
      'of nothing',
      '{ __schema { mutationType { name fields { name } } directives { name locations args { name } } } }',
    ],
  ])('%s is measured as it is answered', async (_what, query) => {
    const graph = createGraph(Object.values(providers));
    const document = parse(query);
    const [operation] = document.definitions;
    if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new TypeError('no operation');
    const answer = createAnswerMeter({
      most: { values: Infinity, bytes: Infinity },
      isTraced: false,
      onFull: () => {},
    });
    const fragments = fragmentsOf(document.definitions);
    measureIntrospection(graph.schema, { operation, fragments, variables: {} }, answer);
    const { data } = await execute({ schema: graph.schema, document });
    const text = JSON.stringify(data);
    expect(answer.size.values).toBe(countValues(data));
    expect(answer.size.bytes / text.length).toBeGreaterThan(0.8);
    expect(answer.size.bytes / text.length).toBeLessThan(1.25);
  });

  it.each([
    ['of all types', '{ __schema { types { name } } }'],
    ['of one', '{ __type(name: "Sage200Customer") { fields { name type { name } } } }'],
    [
      'in fragments',
      '{ ...S } fragment S on Query { __schema { ...T } } fragment T on __Schema { types { fields { name } } }',
    ],
  ])('%s counts before it is answered', async (_what, query) => {
    await expect(ask(query)).resolves.toMatchObject({
      status: 400,
      errors: [{ message: expect.stringMatching(/\d+ values in the answer \(at most 100\)/) }],
    });
  });

  it('that is left out does not count', async () => {
    await expect(
      ask('{ sources { name } __schema @skip(if: true) { types { name } } }'),
    ).resolves.toMatchObject({
      status: 200,
      errors: [],
    });
  });

  it('of an unknown type is null', async () => {
    await expect(ask('{ __type(name: "Nothing") { name fields { name } } }')).resolves.toEqual({
      status: 200,
      data: { __type: null },
      errors: [],
    });
  });

  const typeFields = (count: number, selection: string) =>
    Array.from({ length: count }, (_, index) => `f${index}: fields { ${selection} }`).join(' ');

  it.each([
    ['aliases', `{ __schema { types { ${typeFields(30, 'name')} } } }`],
    [
      'fields of fields',
      `{ __schema { types { fields { type { ${typeFields(20, 'type { name description }')} } } } } }`,
    ],
  ])('multiplied by %s is refused', async (_what, query) => {
    const { status, errors } = await ask(query, generous);
    expect(status).toBe(400);
    expect(errors).toMatchObject([
      {
        message: expect.stringMatching(
          /^The operation is too large: \d+ (values|bytes) in the answer \(at most \d+\)/,
        ),
      },
    ]);
  });
});

it('an answer that is too large is only reported, where limits are', async () => {
  const trial = await startTestProduct({ cro: entryFor.cro(api.url) }, undefined, {
    server: { maxAnswerValues: 100, limits: 'report' },
  });
  const { data, errors } = await trial.query(`{ customersByIds(ids: ${idsOf(34)}) { id name } }`);
  expect(errors).toEqual([]);
  expect(data['customersByIds']).toHaveLength(34);
  expect(trial.logLines.map((line) => JSON.parse(line))).toMatchObject([
    { excesses: [{ limit: 'maxAnswerValues', found: 103, most: 100 }] },
  ]);
  await expect(readCounter(trial.url, 'limits_exceeded_total', { limit: 'maxAnswerValues' })).resolves.toBe(
    1,
  );
  await trial.close();
});
