import type { AnyRow, CustomerFilter, Source } from '../../providers/provider.ts';
import type { UpstreamError } from '../../rest/errors.ts';
import { forbidden } from '../errors.ts';
import type { Access } from '../guards/access.ts';
import { findForbidden, findUnsupported } from './filter.ts';

/** What a list holds of one source, up to the end of a page. */
export interface Completeness {
  readonly source: Source;
  readonly status: 'COMPLETE' | 'PARTIAL' | 'FAILED' | 'FORBIDDEN' | 'NOT_LISTABLE' | 'FILTER_UNSUPPORTED';
  readonly code: string | null;
  readonly reason: string | null;
  readonly fetchedAt: string | null;
  /** Undefined while it was not counted. */
  readonly total: number | null | undefined;
  /** What the source was asked for, to count by. */
  readonly filter: CustomerFilter;
}

/** Why a source is not asked at all; undefined where it is. */
export function describeUnlisted(
  source: Source,
  filter: CustomerFilter,
  access: Access,
): Completeness | undefined {
  if (!access.mayAsk(source.name)) return describeForbidden(source, filter, 'ask for customers');
  const unlisted = { source, filter, code: null, fetchedAt: null, total: null };
  if (source.listing === undefined) {
    const reason = `${source.provider.title} (source "${source.name}") has no list of customers.`;
    return { ...unlisted, status: 'NOT_LISTABLE', reason };
  }
  const reason = findUnsupported(source, filter);
  if (reason !== undefined) return { ...unlisted, status: 'FILTER_UNSUPPORTED', reason };
  const [name] = findForbidden(source, filter, access);
  return name === undefined ? undefined : describeForbidden(source, filter, `look for customers by ${name}`);
}

/** @param what what the caller may not do */
function describeForbidden(source: Source, filter: CustomerFilter, what: string): Completeness {
  const reason = describeDenial(source, what);
  return { source, filter, code: 'FORBIDDEN', fetchedAt: null, total: null, status: 'FORBIDDEN', reason };
}

export function describeDenial({ name, provider }: Source, what: string): string {
  return `You may not ${what} at ${provider.title} (source "${name}").`;
}

/** The errors of sources that are left out because of who asks. */
export function forbiddenErrors(completeness: readonly Completeness[]): Error[] {
  return completeness.flatMap(({ status, reason }) =>
    status === 'FORBIDDEN' && reason !== null ? [forbidden(reason)] : [],
  );
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

/** Why nothing more of a source follows though it may have more. */
export function describeLoss({ provider, name }: Source): string {
  return (
    `The list of ${provider.title} (source "${name}") changed so that the place where the last page ended cannot be found ` +
    'in it any more: what follows is missing. Begin again without `after`.'
  );
}
