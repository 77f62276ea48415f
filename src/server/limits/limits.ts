import type { GraphQLError } from 'graphql';
import type { Logger } from 'pino';
import type { Config } from '../../config/load-config.ts';
import type { AnswerSize } from '../../graph/answer-meter.ts';
import type { OperationBounds } from '../../graph/create-context.ts';
import type { RootDemand } from '../../graph/root-calls.ts';
import { tooComplex } from '../../graph/errors.ts';
import type { Metrics } from '../metrics.ts';
import type { DocumentSize } from './document-size.ts';
import type { InputSize } from './input-size.ts';

/** What an operation asks for and may not. */
export interface Excess {
  /** The setting that it exceeds. */
  readonly limit: LimitName;
  /** What there is too much of: "aliases". */
  readonly what: string;
  readonly found: number;
  /** The most that is allowed. */
  readonly most: number;
}

type LimitName = Extract<keyof Config['server'], `max${string}`>;

/** What becomes of operations that ask for too much. */
export interface Limits {
  /**
   * Counts what an operation has too much of. Where limits are only reported it is logged, and the operation goes on.
   *
   * @returns the error to refuse it with
   */
  judge(excesses: readonly Excess[], requestId: string): GraphQLError | undefined;
}

export function createLimits(
  mode: Config['server']['limits'],
  log: Pick<Logger, 'warn'>,
  metrics: Metrics,
): Limits {
  return {
    judge(excesses, requestId) {
      if (excesses.length === 0) return undefined;
      for (const { limit } of excesses) metrics.limitExceeded(limit);
      if (mode === 'enforce') return tooComplex(describeExcesses(excesses));
      log.warn({ requestId, excesses }, 'operation exceeds limits');
      return undefined;
    },
  };
}

function describeExcesses(excesses: readonly Excess[]): string {
  const problems = excesses.map(({ what, found, most }) => `${found} ${what} (at most ${most})`);
  return `The operation is too large: ${problems.join(', ')}.`;
}

/** Fields within `__schema`: the queries of tools have up to 15. */
const maxIntrospectionDepth = 25;

/** What a document has too much of. */
export function findDocumentExcesses(size: DocumentSize, limits: Config['server']): Excess[] {
  const excesses: Excess[] = [
    { limit: 'maxDepth', what: 'levels of nesting', found: size.depth, most: limits.maxDepth },
    {
      limit: 'maxDepth',
      what: 'levels of nesting in introspection',
      found: size.introspectionDepth,
      most: maxIntrospectionDepth,
    },
    { limit: 'maxRootFields', what: 'root fields', found: size.rootFields, most: limits.maxRootFields },
    { limit: 'maxRootFields', what: '__schema fields', found: size.schemas, most: 1 },
    { limit: 'maxAliases', what: 'aliases', found: size.aliases, most: limits.maxAliases },
    { limit: 'maxDirectives', what: 'directives', found: size.directives, most: limits.maxDirectives },
    { limit: 'maxSelections', what: 'selections', found: size.selections, most: limits.maxSelections },
    { limit: 'maxRepeats', what: 'repeated fields', found: size.repeats, most: limits.maxRepeats },
  ];
  return excesses.filter(isExceeded);
}

/** What the values given to an operation have too much of. */
export function findInputExcesses({ listSize, depth }: InputSize, limits: Config['server']): Excess[] {
  const excesses: Excess[] = [
    { limit: 'maxListSize', what: 'items in a list', found: listSize, most: limits.maxListSize },
    {
      limit: 'maxInputDepth',
      what: 'levels of nesting in a value',
      found: depth,
      most: limits.maxInputDepth,
    },
  ];
  return excesses.filter(isExceeded);
}

/** What an operation asks for too much of at its top. Calls that are only reported are counted when they are made. */
export function findRootExcesses({ calls, references }: RootDemand, limits: Config['server']): Excess[] {
  const excesses: Excess[] = [
    ...(limits.limits === 'enforce' ? findCallExcesses(calls, limits) : []),
    { limit: 'maxListSize', what: 'references in _entities', found: references, most: limits.maxListSize },
  ];
  return excesses.filter(isExceeded);
}

export function findCallExcesses(found: number, { maxUpstreamCalls }: Config['server']): Excess[] {
  const excess: Excess = {
    limit: 'maxUpstreamCalls',
    what: 'upstream calls',
    found,
    most: maxUpstreamCalls,
  };
  return isExceeded(excess) ? [excess] : [];
}

/** What an answer has too much of, so far. */
export function findAnswerExcesses({ values, bytes }: AnswerSize, limits: Config['server']): Excess[] {
  const excesses: Excess[] = [
    { limit: 'maxAnswerValues', what: 'values in the answer', found: values, most: limits.maxAnswerValues },
    { limit: 'maxAnswerBytes', what: 'bytes in the answer', found: bytes, most: limits.maxAnswerBytes },
  ];
  return excesses.filter(isExceeded);
}

/** Where an operation is stopped while it is executed. */
export function boundsOf(server: Config['server']): OperationBounds {
  if (server.limits === 'report')
    return { answer: { values: Infinity, bytes: Infinity }, upstreamCalls: Infinity };
  return {
    answer: { values: server.maxAnswerValues, bytes: server.maxAnswerBytes },
    upstreamCalls: server.maxUpstreamCalls,
  };
}

function isExceeded({ found, most }: Excess): boolean {
  return found > most;
}
