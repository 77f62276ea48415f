import type { Fault } from '../../../src/sandbox/index.ts';
import type { ProviderName } from '../../support/provider-names.ts';
import {
  absent,
  alteredTo,
  lost,
  lostTwice,
  thinned,
  unharmed,
  unreadable,
  type Outcome,
  type Shape,
} from './outcomes.ts';

/** A row of the catalogue of faults, and what it does. */
export interface FaultRow {
  readonly name: string;
  readonly fault: (provider: ProviderName) => Fault;
  readonly outcome: (provider: ProviderName, shape: Shape) => Outcome;
  /** The source remembers it: no case may come after another. */
  readonly isRemembered?: true;
  /** The same is asked for once before, without the fault. */
  readonly isSecond?: true;
  /** Of a list a page is asked for that no source has on its own first page. */
  readonly isFarPage?: true;
  /** Whether there is anything for the fault to strike; always, unless it is given. */
  readonly canStrike?: (provider: ProviderName, shape: Shape) => boolean;
}

interface MoreOfRow extends Pick<FaultRow, 'isFarPage' | 'canStrike'> {
  readonly isRemembered?: true;
  readonly isSecond?: true;
  readonly name?: string;
}

function row(
  fault: Fault,
  outcome: Outcome | FaultRow['outcome'],
  { name, ...more }: MoreOfRow = {},
): FaultRow {
  const { name: faultName, ...options } = fault;
  const told = Object.entries(options).map(([key, value]) => `${key} ${String(value)}`);
  return {
    name: name ?? [faultName, ...told].join(', '),
    fault: () => fault,
    outcome: typeof outcome === 'function' ? outcome : () => outcome,
    ...more,
  };
}

/** Sage 200 reads several customers as rows of a list; the others one by one. */
function isRead(provider: ProviderName, shape: Shape): 'alone' | 'as row' {
  return shape === 'list' || (shape === 'batch' && provider === 'sage200') ? 'as row' : 'alone';
}

/** Rows under other ids are no rows of those that were asked for: each of these is asked for alone. */
function lostOneByOne(provider: ProviderName, shape: Shape): Outcome {
  return {
    ...lost('UPSTREAM_BAD_RESPONSE'),
    calls: (usual) => (isRead(provider, shape) === 'as row' ? usual + 3 : usual),
  };
}

function hasRows(provider: ProviderName, shape: Shape): boolean {
  return isRead(provider, shape) === 'as row';
}

export const connectionRows: readonly FaultRow[] = [
  row({ name: 'connection-reset' }, lostTwice('UPSTREAM_UNAVAILABLE')),
  row(
    { name: 'keep-alive-reset', count: 1 },
    { ...unharmed, calls: (usual) => usual + 1 },
    { isRemembered: true, isSecond: true },
  ),
  row({ name: 'reset-mid-body' }, lostTwice('UPSTREAM_UNAVAILABLE')),
  row({ name: 'early-end' }, lostTwice('UPSTREAM_UNAVAILABLE')),
  row({ name: 'broken-chunking' }, lostTwice('UPSTREAM_UNAVAILABLE')),
  row({ name: 'connection-close-after-headers' }, lostTwice('UPSTREAM_UNAVAILABLE')),
  row({ name: 'extra-bytes' }, unharmed),
];

/** Those that end with the time of a call. */
export const slowRows: readonly FaultRow[] = [
  row({ name: 'hang' }, lost('UPSTREAM_TIMEOUT')),
  row({ name: 'slow-headers' }, lost('UPSTREAM_TIMEOUT')),
  row({ name: 'slow-body' }, lost('UPSTREAM_TIMEOUT')),
  row({ name: 'slow-body', intervalMs: 1 }, lost('UPSTREAM_TIMEOUT'), {
    name: 'slow-body, of many small parts',
  }),
];

const tomorrow = new Date(Date.now() + 86_400_000).toUTCString();
/** Refused as a filter, the ids are asked for one by one; two more calls find out that it was not the filter. */
const refusedFilter: FaultRow['outcome'] = (provider, shape) => ({
  ...lost('UPSTREAM_REJECTED'),
  calls: (usual) => (provider === 'sage200' && shape === 'batch' ? usual + 5 : usual),
});

/** Of a record it says that there is none; a list is not there for a wrong reason, and its records are asked for one by one. */
const missing: FaultRow['outcome'] = (provider, shape) => {
  if (shape === 'list') return lost('UPSTREAM_BAD_RESPONSE');
  return { ...absent, calls: (usual) => (isRead(provider, shape) === 'as row' ? usual + 3 : usual) };
};

export const statusRows: readonly FaultRow[] = [
  row({ name: 'status', status: 400 }, refusedFilter, { isRemembered: true }),
  row({ name: 'status', status: 401 }, lost('UPSTREAM_UNAUTHORIZED')),
  row({ name: 'status', status: 403 }, lost('UPSTREAM_FORBIDDEN')),
  row({ name: 'status', status: 404 }, missing),
  row({ name: 'status', status: 410 }, missing),
  row({ name: 'status', status: 409 }, lost('UPSTREAM_REJECTED')),
  row({ name: 'status', status: 422 }, lost('UPSTREAM_REJECTED')),
  row({ name: 'status', status: 429 }, lost('UPSTREAM_RATE_LIMITED')),
  row({ name: 'status', status: 429, retryAfter: 'soon' }, lost('UPSTREAM_RATE_LIMITED')),
  row({ name: 'status', status: 429, retryAfter: -5 }, lost('UPSTREAM_RATE_LIMITED')),
  row({ name: 'status', status: 429, retryAfter: 3_600 }, lost('UPSTREAM_RATE_LIMITED', 3_600), {
    isRemembered: true,
  }),
  row({ name: 'status', status: 429, retryAfter: 999_999_999 }, lost('UPSTREAM_RATE_LIMITED', 3_600), {
    isRemembered: true,
  }),
  row({ name: 'status', status: 429, retryAfter: tomorrow }, lost('UPSTREAM_RATE_LIMITED', 3_600), {
    name: 'status, status 429, retryAfter an HTTP date',
    isRemembered: true,
  }),
  row(
    { name: 'status', status: 429, retryAfter: 1, count: 1 },
    { ...unharmed, calls: (usual) => usual + 1 },
    { isRemembered: true },
  ),
  row({ name: 'status', status: 500 }, lostTwice('UPSTREAM_UNAVAILABLE')),
  row({ name: 'status', status: 502 }, lostTwice('UPSTREAM_UNAVAILABLE')),
  row({ name: 'status', status: 503 }, lostTwice('UPSTREAM_UNAVAILABLE')),
  row({ name: 'status', status: 504 }, lostTwice('UPSTREAM_UNAVAILABLE')),
  row({ name: 'status', status: 500, count: 1 }, { ...unharmed, calls: (usual) => usual + 1 }),
  row({ name: 'status', status: 503, retryAfter: 3_600 }, lost('UPSTREAM_UNAVAILABLE', 3_600)),
  row({ name: 'redirect-same-origin' }, lost('UPSTREAM_BAD_RESPONSE')),
  row({ name: 'redirect-other-origin' }, lost('UPSTREAM_BAD_RESPONSE')),
  row({ name: 'cache-control-public' }, unharmed),
  row({ name: 'etag' }, unharmed),
];

const nameKeys = { elevate: 'customerName', sage200: 'name', cro: 'name' } as const;
const numberKeys = { elevate: 'creditThreshold', sage200: 'credit_limit', cro: 'parent_id' } as const;
/** The fields of the graph that are read from these. */
export const numberFields = { elevate: 'creditThreshold', sage200: 'creditLimit', cro: 'parentId' } as const;

/** A fault in a certain field. */
function inField(
  fault: Fault,
  keys: Readonly<Record<ProviderName, string>>,
  outcome: FaultRow['outcome'],
  name: string = fault.name,
): FaultRow {
  return { name, fault: (provider) => ({ ...fault, fields: [keys[provider]] }), outcome };
}

export const bodyRows: readonly FaultRow[] = [
  row({ name: 'truncated-json' }, lostTwice('UPSTREAM_BAD_RESPONSE')),
  row({ name: 'wrong-media-type' }, lost('UPSTREAM_BAD_RESPONSE')),
  row({ name: 'empty-body' }, lost('UPSTREAM_BAD_RESPONSE')),
  row({ name: 'no-content' }, absent),
  row({ name: 'huge-body', bytes: 8_000_000 }, lost('UPSTREAM_BAD_RESPONSE')),
  row({ name: 'huge-body', bytes: 8_000_000, isAnnounced: true }, lost('UPSTREAM_BAD_RESPONSE')),
  row({ name: 'gzip-bomb', bytes: 50_000_000 }, lost('UPSTREAM_BAD_RESPONSE')),
  row({ name: 'br-bomb', bytes: 50_000_000 }, lost('UPSTREAM_BAD_RESPONSE')),
  row({ name: 'chained-encoding' }, lost('UPSTREAM_BAD_RESPONSE')),
  row({ name: 'unknown-encoding' }, lost('UPSTREAM_BAD_RESPONSE')),
  inField({ name: 'latin-1' }, nameKeys, () => alteredTo('name', (name) => `${String(name)} Café`)),
  inField({ name: 'wrong-charset' }, nameKeys, () => lost('UPSTREAM_BAD_RESPONSE')),
  row({ name: 'bom' }, unharmed),
  inField({ name: 'nan-tokens' }, numberKeys, () => lost('UPSTREAM_BAD_RESPONSE')),
  // Only what has to be parsed exactly has a limit.
  row({ name: 'deep-nesting' }, { kind: 'thinned', code: 'UPSTREAM_BAD_RESPONSE' }),
];

/** Ids are so far behind those of the sandbox that JavaScript is not exact. */
const raiseId = (id: unknown) => (typeof id === 'string' ? String(2n ** 53n - 1n + 2n * BigInt(id)) : id);

export const recordRows: readonly FaultRow[] = [
  ...(['number', 'boolean', 'list', 'object'] as const).map((type) =>
    inField(
      { name: 'wrong-type', type },
      nameKeys,
      () => unreadable('name'),
      `wrong-type, ${type} for a name`,
    ),
  ),
  inField({ name: 'missing-fields' }, nameKeys, (provider, shape) => ({
    ...alteredTo('name', () => null),
    // What a row of a list lacks may be in the whole record.
    calls: (usual) => (shape === 'list' && provider !== 'sage200' ? usual + 3 : usual),
  })),
  inField({ name: 'null-fields' }, nameKeys, () => alteredTo('name', () => null)),
  {
    name: 'wrong-type, object for an id',
    fault: () => ({ name: 'wrong-type', type: 'object', fields: ['id'] }),
    outcome: (provider, shape) =>
      shape === 'list' ? { kind: 'dropped', code: 'UPSTREAM_BAD_RESPONSE' } : lostOneByOne(provider, shape),
  },
  row({ name: 'unknown-fields' }, unharmed),
  inField({ name: 'duplicate-keys' }, nameKeys, () => alteredTo('name', (name) => `${String(name)} (again)`)),
  row({ name: 'proto-keys' }, unharmed),
  inField({ name: 'huge-number' }, numberKeys, (provider) => unreadable(numberFields[provider])),
  inField({ name: 'long-decimals' }, numberKeys, (provider) =>
    provider === 'cro'
      ? unreadable('parentId')
      : alteredTo(numberFields[provider], () => '12345678901234567.89'),
  ),
  row({ name: 'big-ids' }, (provider, shape) => {
    if (shape !== 'list') return lostOneByOne(provider, shape);
    const change = ({ id, ...customer }: { readonly id: string; readonly parentId?: unknown }) => {
      const [source, nativeId] = id.split(':');
      return {
        ...customer,
        id: `${source}:${String(raiseId(nativeId))}`,
        ...('parentId' in customer ? { parentId: raiseId(customer.parentId) } : {}),
      };
    };
    return { kind: 'altered', change };
  }),
];

/**
 * Three customers in pages of two: the others are on a second page. Pages by number that are so small do not overlap, and
 * are read again; Sage 200 is asked by id for a third one.
 */
const inShortPages: FaultRow['outcome'] = (provider, shape) => {
  const more = shape === 'batch' ? 1 : provider === 'sage200' ? 2 : 3;
  return { ...unharmed, calls: (usual) => (hasRows(provider, shape) ? usual + more : usual) };
};
const isPaged = { canStrike: hasRows, isRemembered: true } as const;
const withoutEmptyLists = { canStrike: () => false };

export const pageRows: readonly FaultRow[] = [
  row({ name: 'pages-cut', rows: 2 }, inShortPages, isPaged),
  row({ name: 'pages-cut-openly', rows: 2 }, inShortPages, isPaged),
  row({ name: 'next-links', rows: 2 }, inShortPages, isPaged),
  ...(['next-links-foreign', 'next-links-looping'] as const).map((name) =>
    row(
      { name, rows: 2 },
      (provider, shape) =>
        hasRows(provider, shape) ? { kind: 'thinned', code: 'UPSTREAM_BAD_RESPONSE' } : unharmed,
      isPaged,
    ),
  ),
  // Of a first page it cannot be told.
  row({ name: 'wrong-total' }, unharmed, {
    canStrike: (provider, shape) => provider === 'cro' && shape === 'list',
  }),
  row({ name: 'empty-list-no-content' }, unharmed, withoutEmptyLists),
  row({ name: 'empty-list-null' }, unharmed, withoutEmptyLists),
];

export const listRows: readonly FaultRow[] = [
  row({ name: 'rows-missing' }, (provider, shape) => (hasRows(provider, shape) ? thinned : unharmed), {
    canStrike: hasRows,
  }),
  row(
    { name: 'rows-duplicated' },
    (provider, shape) =>
      // Elevate's page is no shorter than any before it: what follows is looked for.
      shape === 'list'
        ? { ...thinned, calls: (usual) => (provider === 'elevate' ? usual + 1 : usual) }
        : unharmed,
    { canStrike: hasRows },
  ),
  row({ name: 'rows-reordered' }, (_provider, shape) => (shape === 'list' ? thinned : unharmed), {
    canStrike: hasRows,
  }),
  // A list of all customers has no foreign ones.
  row({ name: 'rows-foreign' }, (_provider, shape) => (shape === 'list' ? { kind: 'unknown' } : unharmed), {
    canStrike: hasRows,
  }),
  row(
    { name: 'wrong-record' },
    (provider, shape) => (hasRows(provider, shape) ? unharmed : lost('UPSTREAM_BAD_RESPONSE')),
    {
      canStrike: (provider, shape) => !hasRows(provider, shape),
    },
  ),
  // Sage 200 is asked for what follows an id, wherever that is.
  row({ name: 'first-row-deleted' }, unharmed, {
    isFarPage: true,
    canStrike: (provider, shape) => shape === 'list' && provider !== 'sage200',
  }),
  row(
    { name: 'pagination-loop' },
    // CRO's page says which it is. The others' place is found on a first page that is large enough.
    (provider, shape) => {
      if (shape !== 'list') return unharmed;
      return provider === 'cro'
        ? lost('UPSTREAM_BAD_RESPONSE')
        : { ...unharmed, calls: (usual) => usual + { elevate: 3, sage200: 4 }[provider] };
    },
    {
      isFarPage: true,
      canStrike: (_provider, shape) => shape === 'list',
    },
  ),
];
