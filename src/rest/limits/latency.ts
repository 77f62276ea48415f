/** How long calls took of late. */
export interface LatencyRecord {
  add(durationMs: number, nowMs: number): void;
  /** Percentiles of the last minutes in ms; undefined where there was no call. */
  summarize(nowMs: number): LatencySummary | undefined;
}

export interface LatencySummary {
  readonly calls: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
}

/** The time that a summary looks back. */
const latencyWindowSeconds = 300;

/** Enough for a percentile, little to sort. */
const mostSamples = 1_000;

export function createLatencyRecord(): LatencyRecord {
  const samples: { readonly durationMs: number; readonly atMs: number }[] = [];
  let next = 0;
  return {
    add(durationMs, nowMs) {
      samples[next] = { durationMs, atMs: nowMs };
      next = (next + 1) % mostSamples;
    },
    summarize(nowMs) {
      const recent = samples
        .filter(({ atMs }) => atMs > nowMs - latencyWindowSeconds * 1_000)
        .map(({ durationMs }) => durationMs)
        .toSorted((a, b) => a - b);
      const percentile = (share: number) =>
        Math.round(recent[Math.min(recent.length - 1, Math.floor(recent.length * share))] ?? 0);
      if (recent.length === 0) return undefined;
      return {
        calls: recent.length,
        p50Ms: percentile(0.5),
        p95Ms: percentile(0.95),
        p99Ms: percentile(0.99),
      };
    },
  };
}
