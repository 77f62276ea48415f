import type { StubAnswer } from '../../support/recording-server.ts';
import { readers, type Change, type UnreliablePlan } from './unreliable-plans.ts';
import type { ApiName } from './listed-apis.ts';

export interface ListedRow {
  readonly id: number;
}

/** A list by its provider's protocol, that does as planned. */
export interface UnreliableUpstream {
  answer(url: URL): StubAnswer;
  /** Ids of the rows that were there all the time. */
  findStaying(): string[];
  isEndSaid(): boolean;
  readonly calls: number;
}

export function createUpstream(
  plan: UnreliablePlan,
  createRow: (id: number) => ListedRow,
): UnreliableUpstream {
  const api = readers[plan.reader];
  let ids = Array.from({ length: plan.count }, (_, index) => (index + 1) * 1_000);
  const staying = new Set(ids);
  let calls = 0;
  let inserted = 0;
  let isEndSaid = false;
  let latest: StubAnswer = { status: 500 };

  function apply({ kind, at, rows: count }: Change): void {
    const start = Math.floor(at * ids.length);
    if (kind === 'DELETE') {
      for (const id of ids.splice(start, count)) staying.delete(id);
      return;
    }
    const before = ids[start - 1] ?? 0;
    const added = Array.from({ length: count }, (_, index) => before + inserted + index + 1);
    inserted += count;
    ids = [...ids, ...added].toSorted((a, b) => a - b);
  }

  function say(url: URL): StubAnswer {
    const lie = plan.lies.find(({ call, kind }) => call === calls || (kind === 'STUCK' && calls > call));
    if (lie?.kind === 'REPEATED' || lie?.kind === 'STUCK') return latest;
    // What a link leads to is whatever the source says.
    const skipped = lie?.kind === 'SKIPPED' && !url.searchParams.has(tokenName);
    const page = cutPage(url, ids, { plan, api, skipped });
    const found = lie?.kind === 'EMPTY' ? { ...page, ids: [], next: undefined } : page;
    const error = plan.totalErrors[calls % plan.totalErrors.length] ?? 0;
    const total = Math.max(0, found.total + error);
    if (error !== 0 && found.start + found.ids.length === total) isEndSaid = true;
    return envelop(found, { plan, api, total, rows: found.ids.map(createRow) });
  }

  return {
    answer(url) {
      calls += 1;
      for (const due of plan.changes) if (due.call === calls) apply(due);
      const filter = url.searchParams.get('$filter') ?? '';
      if (!plan.takesIds && / gt /.test(filter)) return { status: 400 };
      latest = say(url);
      return latest;
    },
    findStaying: () => [...staying].map(String),
    isEndSaid: () => isEndSaid,
    get calls() {
      return calls;
    },
  };
}

interface Page {
  readonly ids: readonly number[];
  /** Rows before it. */
  readonly start: number;
  /** Its number, from 1. */
  readonly index: number;
  readonly limit: number;
  /** Rows in the whole list. */
  readonly total: number;
  /** A relative URL. */
  readonly next: string | undefined;
}

/** Marks in a link where the next page begins, by the id before it. */
const tokenName = '$skiptoken';

const sizeNames = { elevate: 'pageSize', sage200: '$top', cro: 'page_limit' } as const;
const pageNames = { elevate: 'page', sage200: '$skip', cro: 'page_index' } as const;

interface Cutting {
  readonly plan: UnreliablePlan;
  readonly api: ApiName;
  /** Whether the page behind the one asked for is sent. */
  readonly skipped: boolean;
}

function cutPage(url: URL, all: readonly number[], { plan, api, skipped }: Cutting): Page {
  const { searchParams } = url;
  const [, behind] = /\bid gt (\d+)/.exec(searchParams.get('$filter') ?? '') ?? [];
  const ids = behind === undefined ? all : all.filter((id) => id > Number(behind));
  const asked = Number(searchParams.get(sizeNames[api]) ?? all.length);
  const limit = Math.min(asked, plan.cap ?? asked);
  const token = searchParams.get(tokenName);
  const given = Number(searchParams.get(pageNames[api]) ?? (api === 'sage200' ? 0 : 1));
  const position = api === 'sage200' ? given : (given - 1) * limit;
  const wanted = token === null ? position : ids.filter((id) => id <= Number(token)).length;
  const start = wanted + (skipped ? limit : 0);
  const found = ids.slice(start, start + limit);
  const end = start + found.length;
  const last = found.at(-1);
  const next =
    last === undefined || end >= ids.length
      ? undefined
      : plan.says === 'LINKS_BY_ID'
        ? linkTo(url, { [tokenName]: String(last) })
        : linkTo(url, {
            [pageNames[api]]: String(api === 'sage200' ? end : given + (skipped ? 2 : 1)),
            [sizeNames[api]]: String(limit),
          });
  return { ids: found, start, index: given + (skipped ? 1 : 0), limit, total: ids.length, next };
}

function linkTo({ searchParams }: URL, parameters: Record<string, string>): string {
  const query = new URLSearchParams(searchParams);
  for (const [name, value] of Object.entries(parameters)) query.set(name, value);
  return `?${query.toString()}`;
}

interface Said {
  readonly plan: UnreliablePlan;
  readonly api: ApiName;
  readonly total: number;
  readonly rows: readonly ListedRow[];
}

function envelop({ limit, index, next: link }: Page, { plan, api, total, rows }: Said): StubAnswer {
  const { says } = plan;
  const saysLimit = says === 'LIMIT' || says === 'LIMIT_AND_TOTAL';
  const saysTotal = says === 'TOTAL' || says === 'LIMIT_AND_TOTAL';
  const next = says.startsWith('LINKS') ? link : undefined;
  const page = rows.length === 0 && plan.nothing !== 'EMPTY' ? null : rows;
  if (api === 'cro') {
    const limits = saysLimit ? { current_page: index, current_limit: limit } : {};
    return { body: { results: page, ...limits, ...(saysTotal ? { total_count: total } : {}), next } };
  }
  if (page === null && plan.nothing === 'NO_CONTENT' && !saysTotal) return { status: 204, body: '' };
  if (says === 'NOTHING') return { body: page };
  if (api === 'elevate') {
    if (says.startsWith('LINKS'))
      return { body: page, headers: next === undefined ? {} : { link: `<${next}>; rel="next"` } };
    const limits = saysLimit ? { page: index, pageSize: limit } : {};
    return { body: { items: page, ...limits, ...(saysTotal ? { total } : {}) } };
  }
  // OData has no word for the limit alone, and its envelope without a link says that nothing follows.
  if (says === 'LIMIT') return { body: { items: page, limit } };
  return { body: { value: page, ...(saysTotal ? { '@odata.count': total } : {}), '@odata.nextLink': next } };
}
