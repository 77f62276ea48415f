import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { CallObserver } from '../rest/observer.ts';

/** What the server counts, for `/metrics`. Labels come from closed sets: sources, codes, words of this file. */
export interface Metrics {
  readonly calls: Omit<CallObserver, 'warned'>;
  operationEnded(outcome: 'ok' | 'partial' | 'failed', durationMs: number): void;
  errorSent(code: string, source: string): void;
  operationRefused(): void;
  /** An operation asked for more than a setting allows, whether or not it was refused. */
  limitExceeded(setting: string): void;
  rejectionUnhandled(): void;
  /** A connection was closed to make room for others. */
  connectionShed(): void;
  /** Something that could not be read as an HTTP request. */
  malformedRequest(status: number): void;
  /** Prometheus text format. */
  write(): Promise<{ readonly contentType: string; readonly text: string }>;
}

const breakerStates = { CLOSED: 0, HALF_OPEN: 1, OPEN: 2 } as const;

/** @param watchesProcess also shows memory, event loop and garbage collection: for the process's only product, it looks at all of it */
export function createMetrics({ watchesProcess = false } = {}): Metrics {
  const registry = new Registry();
  const registers = [registry];
  if (watchesProcess) collectDefaultMetrics({ register: registry });
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Counter({ name: `customer_graph_${name}`, help, labelNames: [...labelNames], registers });

  const upstreamCalls = counter('upstream_calls_total', 'HTTP calls to a source, by outcome.', [
    'source',
    'outcome',
  ]);
  const upstreamSeconds = new Histogram({
    name: 'customer_graph_upstream_call_seconds',
    help: 'Duration of HTTP calls to a source.',
    labelNames: ['source'],
    buckets: [0.01, 0.03, 0.1, 0.3, 1, 3, 10],
    registers,
  });
  const retries = counter('upstream_retries_total', 'Failed calls that were retried.', ['source']);
  const refusals = counter('upstream_refusals_total', 'Calls that were not made, by reason.', [
    'source',
    'by',
  ]);
  const served = counter(
    'upstream_answers_shared_total',
    'Answers served from the cache or from a shared call.',
    ['source', 'from'],
  );
  const breaker = new Gauge({
    name: 'customer_graph_breaker_state',
    help: 'State of the circuit breaker that changed last: 0 closed, 1 half open, 2 open.',
    labelNames: ['source'],
    registers,
  });
  const operations = counter('operations_total', 'GraphQL operations, by completeness of their data.', [
    'outcome',
  ]);
  const operationSeconds = new Histogram({
    name: 'customer_graph_operation_seconds',
    help: 'Duration of GraphQL operations.',
    buckets: [0.01, 0.03, 0.1, 0.3, 1, 3, 10],
    registers,
  });
  const errors = counter('errors_total', 'Errors in answers, by code and source.', ['code', 'source']);
  const overloads = counter(
    'operations_refused_total',
    'Operations refused because too many were under way.',
    [],
  );
  const excesses = counter('limits_exceeded_total', 'Operations beyond a limit, by its setting.', ['limit']);
  const malformed = counter(
    'malformed_requests_total',
    'Requests that were not valid HTTP, by the status they were answered with.',
    ['status'],
  );
  const shed = counter('connections_shed_total', 'Connections closed to make room for others.', []);
  const rejections = counter('unhandled_rejections_total', 'Failures that nothing waited for.', []);

  return {
    calls: {
      callEnded({ source, outcome, durationMs }) {
        upstreamCalls.inc({ source, outcome });
        upstreamSeconds.observe({ source }, durationMs / 1_000);
      },
      retried: (source) => retries.inc({ source }),
      refused: (source, by) => refusals.inc({ source, by }),
      served: (source, from) => served.inc({ source, from }),
      breakerChanged: (source, state) => breaker.set({ source }, breakerStates[state]),
    },
    operationEnded(outcome, durationMs) {
      operations.inc({ outcome });
      operationSeconds.observe(durationMs / 1_000);
    },
    errorSent: (code, source) => errors.inc({ code, source }),
    operationRefused: () => overloads.inc(),
    limitExceeded: (limit) => excesses.inc({ limit }),
    rejectionUnhandled: () => rejections.inc(),
    connectionShed: () => shed.inc(),
    malformedRequest: (status) => malformed.inc({ status: String(status) }),
    write: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  };
}
