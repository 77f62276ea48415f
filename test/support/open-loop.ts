import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';

/** Operations that are sent at a rate, whatever becomes of those before them. */
export interface OpenLoad {
  readonly url: string;
  readonly perSecond: number;
  readonly seconds: number;
  /** Sent in turn; `#` stands for a number that differs from one to the next. */
  readonly operations: readonly { readonly group: string; readonly query: string }[];
  readonly headers?: Readonly<Record<string, string>>;
}

export interface TimedAnswer {
  readonly group: string;
  /** `refused` with status 503, `failed` with any other than 200, `cut` without an answer. */
  readonly outcome: 'served' | 'partial' | 'refused' | 'failed' | 'cut';
  /** Epoch ms. */
  readonly sentAtMs: number;
  readonly tookMs: number;
}

/** Sends a load over as many connections as it takes. @returns when all is answered */
export async function sendLoad(load: OpenLoad): Promise<TimedAnswer[]> {
  const agent = new Agent({ connections: null, headersTimeout: 60_000, bodyTimeout: 60_000 });
  const startMs = performance.now();
  const answers: Promise<TimedAnswer>[] = [];
  for (let index = 0; index < load.perSecond * load.seconds; index += 1) {
    const waitMs = startMs + (index * 1_000) / load.perSecond - performance.now();
    if (waitMs > 0) await sleep(waitMs);
    answers.push(sendOne(load, agent, index));
  }
  const answered = await Promise.all(answers);
  await agent.close();
  return answered;
}

async function sendOne(
  { url, operations, headers }: OpenLoad,
  dispatcher: Agent,
  index: number,
): Promise<TimedAnswer> {
  const { group, query } = operations[index % operations.length] ?? { group: '', query: '' };
  const sentMs = performance.now();
  const end = (outcome: TimedAnswer['outcome']): TimedAnswer => ({
    group,
    outcome,
    sentAtMs: performance.timeOrigin + sentMs,
    tookMs: performance.now() - sentMs,
  });
  try {
    const { statusCode, body } = await request(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query: query.replaceAll('#', String(index + 1)) }),
      dispatcher,
    });
    const text = await body.text();
    if (statusCode === 503) return end('refused');
    if (statusCode !== 200) return end('failed');
    return end(text.includes('"errors"') ? 'partial' : 'served');
  } catch {
    return end('cut');
  }
}

/** How many answers there are of each group and outcome: `{ 'healthy served': 400 }`. */
export function countOutcomes(answers: readonly TimedAnswer[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { group, outcome } of answers)
    counts[`${group} ${outcome}`] = (counts[`${group} ${outcome}`] ?? 0) + 1;
  return counts;
}

/** The longest that an answer took, in ms. */
export function slowestOf(answers: readonly TimedAnswer[]): number {
  return Math.max(...timesOf(answers));
}

/**
 * The time within which 99 % of the answers came in an ordinary second, in ms: the median over the seconds of the load.
 * What the machine does besides shows in some of them, and what the load does to the server in all.
 */
export function typicalP99(answers: readonly TimedAnswer[]): number {
  const firstMs = Math.min(...answers.map(({ sentAtMs }) => sentAtMs));
  const seconds = new Map<number, TimedAnswer[]>();
  for (const answer of answers) {
    const second = Math.floor((answer.sentAtMs - firstMs) / 1_000);
    seconds.set(second, [...(seconds.get(second) ?? []), answer]);
  }
  return percentileOf(
    [...seconds.values()].map((each) => percentileOf(timesOf(each), 0.99)),
    0.5,
  );
}

function timesOf(answers: readonly TimedAnswer[]): number[] {
  return answers.map(({ tookMs }) => tookMs);
}

function percentileOf(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
