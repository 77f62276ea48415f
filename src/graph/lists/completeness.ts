import type { AnyRow, CustomerFilter, Source } from '../../providers/provider.ts';
import type { UpstreamError } from '../../rest/errors.ts';
import { findUnsupported } from './filter.ts';

/** What a list holds of one source, up to the end of a page. */
export interface Completeness {
  readonly source: Source;
  readonly status: 'COMPLETE' | 'PARTIAL' | 'FAILED' | 'NOT_LISTABLE' | 'FILTER_UNSUPPORTED';
  readonly code: string | null;
  readonly reason: string | null;
  readonly fetchedAt: string | null;
  /** Undefined while it was not counted. */
  readonly total: number | null | undefined;
  /** What the source was asked for, to count by. */
  readonly filter: CustomerFilter;
}

/** Why a source is not asked at all; undefined where it is. */
export function describeUnlisted(source: Source, filter: CustomerFilter): Completeness | undefined {
  const unlisted = { source, filter, code: null, fetchedAt: null, total: null };
  if (source.listing === undefined) {
    const reason = `${source.provider.title} (source "${source.name}") has no list of customers.`;
    return { ...unlisted, status: 'NOT_LISTABLE', reason };
  }
  const reason = findUnsupported(source, filter);
  return reason === undefined ? undefined : { ...unlisted, status: 'FILTER_UNSUPPORTED', reason };
}

/** A source that failed is not counted either: that would only fail again. */
export function describeFailed(
  listed: Omit<Completeness, 'status'>,
  { code, message }: UpstreamError,
): Completeness {
  return { ...listed, status: 'FAILED', code, reason: message, total: listed.total ?? null };
}

/** When a source answered with some rows, the oldest of them. They may have been kept from an earlier request. */
export function answeredAt(rows: readonly (AnyRow | undefined)[]): string {
  const times = rows.flatMap((row) => row?.freshness?.fetchedAtMs ?? []);
  return new Date(Math.min(Date.now(), ...times)).toISOString();
}
