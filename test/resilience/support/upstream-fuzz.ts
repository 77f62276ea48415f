import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect } from '@jest/globals';
import { selectEverything, readPublishedSchema } from '../../graph/support/whole-query.ts';
import { startTestProduct, type TestProduct } from '../../support/product.ts';
import { startRecordingServer, type RecordingServer } from '../../support/recording-server.ts';
import { entryFor } from '../../support/sources.ts';

/** An answer of a REST API as nobody documents it. */
interface OddAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

const samples = Object.fromEntries(
  ['elevate', 'sage200', 'cro'].map((name) => [name, readFileSync(`test/samples/${name}.json`, 'utf8')]),
);

const oddNumbers = fc.constantFrom(
  '1e300',
  '-5',
  '2.5',
  '1e-9',
  '9007199254740993',
  '-0',
  '0',
  '1e999',
  '00',
  'NaN',
);
const oddValues = fc.oneof(
  oddNumbers,
  fc.constantFrom(
    'null',
    'true',
    '""',
    '"\\u0000"',
    '"\\ud800"',
    '[]',
    '{}',
    '[null]',
    '[[]]',
    '{"__proto__":{"a":1}}',
  ),
  fc.string({ maxLength: 20 }).map((text) => JSON.stringify(text)),
  fc.integer({ min: 1, max: 12_000 }).map((depth) => '['.repeat(depth) + ']'.repeat(depth)),
);

/** A payload of which some values are other ones. */
function oddPayload(text: string): fc.Arbitrary<string> {
  const values = [
    ...text.matchAll(/(?<=: ?|\[ ?|, ?)("(?:[^"\\]|\\.)*"(?! ?:)|-?\d[\d.]*|true|false|null)/g),
  ];
  return fc
    .array(fc.tuple(fc.nat({ max: Math.max(0, values.length - 1) }), oddValues), {
      minLength: 1,
      maxLength: 12,
    })
    .map((changes) => {
      const odd = new Map(changes);
      let index = -1;
      return text.replaceAll(
        /(?<=: ?|\[ ?|, ?)("(?:[^"\\]|\\.)*"(?! ?:)|-?\d[\d.]*|true|false|null)/g,
        (value) => {
          index += 1;
          return odd.get(index) ?? value;
        },
      );
    });
}

const payload = fc.oneof(
  ...Object.values(samples).map(oddPayload),
  ...Object.values(samples).map((text) =>
    fc.nat({ max: text.length }).map((length) => text.slice(0, length)),
  ),
  oddValues,
);

const list = fc
  .record({
    rows: fc.array(payload, { maxLength: 4 }),
    count: oddNumbers,
    wrap: fc.nat({ max: 5 }),
    key: oddValues,
  })
  .map(({ rows, count, wrap, key }) => {
    const inner = `[${rows.join(',')}]`;
    return (
      [
        inner,
        `{"value":${inner},"@odata.count":${count},"@odata.nextLink":${key}}`,
        `{"results":${inner},"total_count":${count},"page_limit":${count},"page_index":${key}}`,
        `{"results":${key},"total_count":${count}}`,
        `{"value":${key}}`,
        count,
      ][wrap] ?? inner
    );
  });

const headers = fc.record(
  {
    'content-type': fc.constantFrom(
      'application/json',
      'application/json; charset=utf-8',
      'application/json;charset="latin1"',
      'application/json; charset=utf-99',
      'text/html',
      ';',
      'application/problem+json; a=b; a=c',
    ),
    'content-encoding': fc.constantFrom('gzip', 'br', 'identity', 'zstd', 'gzip, gzip', ''),
    'retry-after': fc.constantFrom(
      '1',
      '-1',
      '1e9',
      'soon',
      'Wed, 21 Oct 2099 07:28:00 GMT',
      '99999999999999999999',
    ),
    etag: fc.string({ maxLength: 8 }).map((text) => text.replaceAll(/[^ -~]/g, 'x')),
    'last-modified': fc.constantFrom('yesterday', 'Wed, 21 Oct 2015 07:28:00 GMT'),
    link: fc.constantFrom('</v1/customers?page=2>; rel="next"', '<http://203.0.113.1/>; rel=next', '<', ','),
    location: fc.constantFrom('http://203.0.113.1/', '//', '\\'),
    'x-total-count': fc.constantFrom('-1', '1e300', 'many'),
  },
  { requiredKeys: [] },
);

const oddAnswer: fc.Arbitrary<OddAnswer> = fc.record({
  status: fc.oneof(
    { weight: 6, arbitrary: fc.constant(200) },
    {
      weight: 2,
      arbitrary: fc.constantFrom(201, 204, 206, 301, 304, 400, 401, 403, 404, 410, 418, 429, 500, 503, 599),
    },
  ),
  headers: fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, { weight: 2, arbitrary: headers }),
  body: fc.oneof(
    { weight: 8, arbitrary: fc.oneof(payload, list).map((text) => Buffer.from(text)) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)) },
    { weight: 1, arbitrary: payload.map((text) => Buffer.from(`\uFEFF${text}`)) },
  ),
});

/** The product on three sources that send anything. */
export interface FuzzedProduct {
  readonly product: TestProduct;
  /** Sends answers in turn to whatever is called. */
  readonly serve: (answers: readonly OddAnswer[]) => void;
  /** One operation for each way to ask. */
  readonly operations: readonly string[];
  close(): Promise<void>;
}

export async function startFuzzedProduct(): Promise<FuzzedProduct> {
  let answers: readonly OddAnswer[] = [];
  let next = 0;
  const api: RecordingServer = await startRecordingServer((_request, response) => {
    const answer = answers[next % answers.length];
    next += 1;
    if (answer === undefined) return void response.destroy();
    response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
    response.end([204, 304].includes(answer.status) ? undefined : answer.body);
  });
  // No breaker, no pauses and no cache: each answer is to be met.
  const always = {
    breaker: { failureRatio: 1, minCalls: 1_000, windowMs: 1_000 },
    cache: { lookupsSeconds: 0 },
    timeoutMs: 3_000,
  };
  const product = await startTestProduct(
    {
      elevate: entryFor.elevate(api.url, always),
      sage200: entryFor.sage200(api.url, { ...always, transport: 'fetch' }),
      cro: entryFor.cro(api.url, { ...always, timeZone: 'Europe/London' }),
    },
    undefined,
    { server: { requestTimeoutMs: 4_000, maxUpstreamCalls: 5_000, maxSelections: 50_000 } },
  );
  const schema = await readPublishedSchema(product);
  const everything = ['Elevate', 'Sage200', 'Cro'].map((name) => `${name}Customer`);
  return {
    product,
    serve(given) {
      answers = given;
      next = 0;
    },
    operations: [
      ...everything.map(
        (type, index) =>
          `{ customer(id: "${['elevate', 'sage200', 'cro'][index]}:1") { ... on ${type} ${selectEverything(schema, type)} } }`,
      ),
      '{ customers(first: 5) { nodes { id name references emails: contacts { emailAddresses } } completeness { source { name } status reason totalCount } pageInfo { hasNextPage } } }',
      '{ search(text: "smith", first: 5) { nodes { id name } edges { score matchedField } completeness { source { name } status reason } } }',
      '{ customersByIds(ids: ["sage200:1", "sage200:2", "elevate:1", "cro:1", "cro:2"]) { id name addresses { lines } contacts { phoneNumbers } } }',
      '{ _entities(representations: [{ __typename: "Customer", id: "cro:1" }, { __typename: "ElevateSite", id: "elevate:site:1" }]) { ... on Customer { id name } ... on ElevateSite { id name } } }',
      '{ sources { name status { state lastErrorCode } } }',
    ],
    async close() {
      await product.close();
      await api.close();
    },
  };
}

/** @throws when what a source sends is told as a mistake of the server */
export async function expectNoInternalErrors(
  { product, serve, operations }: FuzzedProduct,
  options: fc.Parameters<unknown>,
): Promise<number> {
  let asked = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(oddAnswer, { minLength: 1, maxLength: 6 }),
      fc.nat({ max: operations.length - 1 }),
      async (answers, index) => {
        serve(answers);
        asked += 1;
        const { status, text } = await product.query(operations[index] ?? '');
        expect({ status, text: status === 200 ? '' : text }).toEqual({ status: 200, text: '' });
        expect(text).not.toMatch(/INTERNAL_SERVER_ERROR|node_modules|\.ts:\d/);
        expect(product.logLines.filter((line) => /"level":(50|60)|internal error/.test(line))).toEqual([]);
        product.logLines.length = 0;
      },
    ),
    options,
  );
  return asked;
}
