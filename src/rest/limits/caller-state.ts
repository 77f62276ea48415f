import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { FetchedAnswer } from '../answer.ts';
import type { UpstreamErrorCode } from '../errors.ts';
import type { CallScope } from '../scope.ts';
import { createBreaker, type Breaker, type BreakerSettings, type BreakerState } from './circuit-breaker.ts';
import { createSharedCalls, type SharedCalls } from './shared-calls.ts';

/**
 * What the calls of one principal to one source share. Each principal has its own: a user whose token has expired
 * does not close the source for others, and nobody is given another's answers.
 */
export interface CallerState {
  /** Stands for the principal in keys; not the credentials themselves. */
  readonly key: string;
  readonly breaker: Breaker;
  readonly sharedCalls: SharedCalls<FetchedAnswer>;
  readonly latency: LatencyRecord;
  /** Whether the source has accepted these credentials, now or before; true of the source's own. */
  isProven: boolean;
  /** Epoch ms until which the source has asked not to be called (`Retry-After`). */
  pausedUntilMs: number;
  lastError: { readonly code: UpstreamErrorCode; readonly atMs: number } | undefined;
}

/** The states of all principals of a source. */
export interface CallerStates {
  /** The state of a request's principal, made at its first call. */
  of(scope: CallScope): CallerState;
  /** To be called when a state has learnt what is worth remembering. */
  remember(state: CallerState): void;
}

/** Those who bring their own credentials are many; of each kind the ones not seen for longest are forgotten. */
const mostOfAKind = 1_000;

export interface CallerStatesOptions {
  /** Whether callers bring their own credentials. */
  readonly areForwarded: boolean;
  /** Whose credentials the calls of a request carry; secret where the caller brought them. */
  readonly principalOf: (scope: CallScope) => string;
  readonly settings: BreakerSettings;
  /** The breaker of the source itself. */
  readonly sourceBreaker: Breaker;
  readonly onBreakerChange: (state: BreakerState) => void;
}

export function createCallerStates(options: CallerStatesOptions): CallerStates {
  const { areForwarded, principalOf, settings, sourceBreaker, onBreakerChange } = options;
  const own = createState('source', sourceBreaker, true);
  // Made-up credentials push out others of their kind only: neither those that the source has accepted, nor a pause that it
  // has asked for.
  const kinds = {
    proven: new LRUCache<string, CallerState>({ max: mostOfAKind }),
    paused: new LRUCache<string, CallerState>({ max: mostOfAKind }),
    unproven: new LRUCache<string, CallerState>({ max: mostOfAKind }),
  };
  const ofScopes = new WeakMap<CallScope, CallerState>();

  function find(principal: string): CallerState {
    const key = createHash('sha256').update(principal).digest('base64');
    const known = kinds.proven.get(key) ?? kinds.paused.get(key) ?? kinds.unproven.get(key);
    if (known !== undefined) return known;
    const state = createState(key, createBreaker(settings, onBreakerChange, Date.now()), false);
    kinds.unproven.set(key, state);
    return state;
  }

  return {
    of(scope) {
      if (!areForwarded) return own;
      const known = ofScopes.get(scope) ?? find(principalOf(scope));
      ofScopes.set(scope, known);
      return known;
    },
    remember(state) {
      if (state === own) return;
      const kind = state.isProven
        ? kinds.proven
        : state.pausedUntilMs > Date.now()
          ? kinds.paused
          : kinds.unproven;
      for (const other of Object.values(kinds)) if (other !== kind) other.delete(state.key);
      kind.set(state.key, state);
    },
  };
}

function createState(key: string, breaker: Breaker, isProven: boolean): CallerState {
  return {
    key,
    breaker,
    sharedCalls: createSharedCalls(),
    latency: createLatencyRecord(),
    isProven,
    pausedUntilMs: 0,
    lastError: undefined,
  };
}

/** How a source is doing, as its recent calls show. */
export interface ClientStatus {
  readonly state: BreakerState;
  readonly sinceMs: number;
  readonly lastError: CallerState['lastError'];
  /** Undefined where there was no call recently. */
  readonly latency: LatencySummary | undefined;
}

export function describeStatus(
  { breaker, lastError, latency }: CallerState,
  sourceBreaker: Breaker,
): ClientStatus {
  const { state, sinceMs } = sourceBreaker.state === 'CLOSED' ? breaker : sourceBreaker;
  return { state, sinceMs, lastError, latency: latency.summarize(Date.now()) };
}

/** Durations of recent calls. */
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
const latencyWindowMs = 300_000;

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
        .filter(({ atMs }) => atMs > nowMs - latencyWindowMs)
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
