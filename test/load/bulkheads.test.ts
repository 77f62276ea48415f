import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { answerEveryCustomer } from '../graph/support/endless-apis.ts';
import { createEntries } from '../graph/support/stub-graph.ts';
import { countOutcomes, sendLoad, slowestOf, typicalP99, type TimedAnswer } from '../support/open-loop.ts';
import { startProductOn, type ProductProcess } from '../support/processes.ts';
import { startRecordingServer, type RecordingServer } from '../support/recording-server.ts';

/** Half of them for the source that fails, and half of those for another one besides. */
const perSecond = 200;
const seconds = 7;
const deadlineMs = 3_000;
const latencyMs = 20;
const openMs = 2_000;

/** Retries that can be saved up before. */
const savedRetries = 20;

/** Calls that have been made by then may still arrive. */
const underWayMs = 300;

/** What a busy machine may add to any answer, and to all of them. */
const lateMs = 500;
const slowMs = 25;

const operations = [
  { group: 'failing', query: '{ customer(id: "elevate:#") { id name } }' },
  { group: 'healthy', query: '{ customer(id: "sage200:#") { id name } }' },
  { group: 'both', query: '{ a: customer(id: "elevate:#") { id } b: customer(id: "cro:#") { id } }' },
  { group: 'healthy', query: '{ customer(id: "cro:#") { id name } }' },
];

let behaviour: 'answer' | 'hang' | 'reset' | 'status 503' | 'answer in 20 s';
let apis: RecordingServer;
/** When the source that fails was called, epoch ms. */
let calledAtMs: number[];

beforeAll(async () => {
  apis = await startRecordingServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://stub');
    const isFailing = url.pathname.startsWith('/v1/') && behaviour !== 'answer';
    if (isFailing) calledAtMs.push(Date.now());
    if (isFailing && behaviour === 'hang') return;
    if (isFailing && behaviour === 'reset') return void request.socket.destroy();
    const { status = 200, body } =
      isFailing && behaviour === 'status 503' ? { status: 503, body: {} } : answerEveryCustomer(url);
    const answer = () => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    setTimeout(answer, isFailing && behaviour === 'answer in 20 s' ? 20_000 : latencyMs).unref();
  });
});

afterAll(() => apis.close());

const load = ({ url }: ProductProcess, forSeconds: number) =>
  sendLoad({
    url,
    perSecond,
    seconds: forSeconds,
    operations,
    headers: { 'x-request-timeout-ms': String(deadlineMs) },
  });

const of = (answers: readonly TimedAnswer[], ...groups: string[]) =>
  answers.filter(({ group }) => groups.includes(group));

const logLine = z.looseObject({
  time: z.iso.datetime().transform(Date.parse),
  source: z.string().optional(),
  state: z.string().optional(),
});

/** How the breaker of the source that fails changed. */
function readBreaker(output: string) {
  return output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => logLine.parse(JSON.parse(line)))
    .filter(({ source, state }) => source === 'elevate' && state !== undefined);
}

/** The source was spared, and then closed off but for probes. */
function expectFewCalls(output: string, answers: readonly TimedAnswer[], failingSinceMs: number): void {
  const changes = readBreaker(output);
  const openedAtMs = changes.find(({ state }) => state === 'OPEN')?.time ?? Infinity;
  expect(openedAtMs).toBeLessThan(failingSinceMs + 1_000 * seconds);
  const asked = of(answers, 'failing', 'both').filter(({ sentAtMs }) => sentAtMs <= openedAtMs).length;
  const before = calledAtMs.filter((atMs) => atMs <= openedAtMs + underWayMs).length;
  const most = 1.2 * asked + (10 * (openedAtMs - failingSinceMs)) / 1_000 + savedRetries;
  expect(before).toBeLessThanOrEqual(most);
  const periods = changes.filter(({ state }) => state === 'HALF_OPEN').length;
  expect(periods).toBeGreaterThan(0);
  expect(calledAtMs.length - before).toBeLessThanOrEqual(periods);
  expect(periods).toBeLessThanOrEqual((1_000 * (seconds + 1)) / openMs + 1);
}

describe('a source that fails under 100 operations a second', () => {
  it.each(['hang', 'reset', 'status 503', 'answer in 20 s'] as const)(
    'leaves operations for others as they were: %s',
    async (failure) => {
      behaviour = 'answer';
      calledAtMs = [];
      const product = await startProductOn({
        sources: createEntries(apis.url, { breaker: { openMs } }),
        log: { level: 'warn' },
      });
      await load(product, 2);
      const before = await load(product, 3);
      behaviour = failure;
      const failingSinceMs = Date.now();
      const answers = await load(product, seconds);
      const { output } = await product.stop('SIGTERM');

      // From the first second on; those that ask for both have the healthy half.
      expect(countOutcomes(of(answers, 'healthy', 'both'))).toEqual({
        'healthy served': (perSecond * seconds) / 2,
        'both partial': (perSecond * seconds) / 4,
      });
      const [p99, p99Before] = [answers, before].map((each) => typicalP99(of(each, 'healthy')));
      expect(p99).toBeLessThanOrEqual(1.5 * (p99Before ?? 0) + slowMs);
      expect(slowestOf(of(answers, 'failing', 'both'))).toBeLessThanOrEqual(deadlineMs + 250 + lateMs);
      expectFewCalls(output, answers, failingSinceMs);
    },
  );
});
