/** Requests that a generator sends: so many a second whatever becomes of them, or so many at one time. */
export interface Load {
  readonly url: string;
  readonly seconds: number;
  readonly perSecond: number;
  /** Closed loop: the next is sent when one is answered. */
  readonly concurrency?: number;
  /** Sent in turn; `#` stands for a number that differs from one to the next. */
  readonly operations: readonly { readonly group: string; readonly query: string }[];
  readonly headers: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly group: string;
  readonly outcome: 'served' | 'partial' | 'refused' | 'failed' | 'reset';
  /** Since the beginning of the load. */
  readonly atMs: number;
  readonly tookMs: number;
}

export interface LoadResult {
  readonly answers: readonly Answer[];
  readonly sent: number;
  readonly seconds: number;
  /** The most that the generator was behind its plan. */
  readonly lateMs: number;
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
