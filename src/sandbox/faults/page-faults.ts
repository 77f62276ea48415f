import { LosslessNumber } from 'lossless-json';
import { createAnswer, withBody, type Answer } from './answer.ts';
import { changeAnswer, type FaultKind, type FaultyCall } from './fault-kind.ts';
import {
  findRows,
  isNumber,
  isRecord,
  readDocument,
  writeDocument,
  type JsonRecord,
} from './json-document.ts';
import type { FaultOptions } from './options.ts';
import { findPageBehind, findWholeList, withPageSize } from './other-urls.ts';

const defaultRows = 50;

export const pageFaults = {
  'pages-cut': {
    description: `A page of a list has rows rows at most (${defaultRows} by default), whatever is asked for, and does not say so.`,
    options: ['rows'],
    prepare: changePages(hideSize),
  },
  'pages-cut-openly': {
    description:
      'The same in an envelope that says how many rows a page may have and how many there are in all.',
    options: ['rows'],
    prepare: changePages(tellSize),
  },
  'next-links': {
    description:
      'The same in an envelope of OData: value, and @odata.nextLink where rows follow. The link leads to them.',
    options: ['rows'],
    prepare: changePages(({ rows, behind }, call) => addLink(rows, behind && linkTo(call, behind))),
  },
  'next-links-foreign': {
    description: 'The same, but the link leads to another host, a host of example.org by default.',
    options: ['rows', 'location'],
    prepare: changePages(({ rows, behind }, _call, { location = 'http://elsewhere.example.org' }) =>
      addLink(rows, behind && new URL(behind, location).href),
    ),
  },
  'next-links-looping': {
    description: 'The same, but the link leads to the page that it is in.',
    options: ['rows'],
    prepare: changePages(({ rows, behind }, call) => addLink(rows, behind && linkTo(call, call.url))),
  },
  'wrong-total': {
    description: 'The number of rows in a list is total, by default one more than there are.',
    options: ['total'],
    prepare: changeAnswer(changeTotal),
  },
  'empty-list-no-content': {
    description: 'A list without rows is answered by status 204.',
    prepare: changeAnswer((answer) =>
      isEmptyList(readDocument(answer)) ? createAnswer(204, {}) : undefined,
    ),
  },
  'empty-list-null': {
    description: 'A list without rows is answered by null, in its envelope where it has one.',
    prepare: changeAnswer((answer) => {
      const document = readDocument(answer);
      if (!isEmptyList(document)) return undefined;
      return withBody(answer, writeDocument(isRecord(document) ? { ...document, results: null } : null));
    }),
  },
} as const satisfies Readonly<Record<string, FaultKind>>;

/** A page that was cut short. */
interface ShortPage {
  readonly rows: readonly unknown[];
  /** Rows that it may have. */
  readonly size: number;
  /** Rows that were asked for. */
  readonly asked: number;
  /** Path and query of the page behind; undefined where it is the last. */
  readonly behind: string | undefined;
  /** As the API sends a page of that size. */
  readonly document: unknown;
}

/** Changes pages for which more rows are asked than they may have. */
function changePages(
  change: (page: ShortPage, call: FaultyCall, options: FaultOptions) => unknown,
): FaultKind['prepare'] {
  return changeAnswer(async (answer, call, options) => {
    const { rows: size = defaultRows } = options;
    const { url, asked } = withPageSize(call.url, size);
    const sent = findRows(readDocument(answer));
    if (sent === undefined || (asked === Number.POSITIVE_INFINITY ? sent.length : asked) <= size)
      return undefined;
    const document = readDocument(await call.answerTo(url));
    const page = {
      rows: findRows(document) ?? [],
      size,
      asked,
      behind: await findBehind(call, url),
      document,
    };
    return withBody(answer, writeDocument(await change(page, call, options)));
  });
}

/** As the API would send the page, if it had the size that was asked for. */
function hideSize({ rows, asked, document }: ShortPage): unknown {
  if (!isRecord(document)) return rows;
  const { total_pages: _pages, ...rest } = document;
  return { ...rest, current_limit: asked, results: rows };
}

async function tellSize({ rows, size, document }: ShortPage, call: FaultyCall): Promise<unknown> {
  if (isRecord(document)) return document;
  const all = findRows(readDocument(await call.answerTo(findWholeList(call.url)))) ?? [];
  return { pageSize: size, totalCount: all.length, items: rows };
}

async function findBehind(call: FaultyCall, url: string): Promise<string | undefined> {
  const behind = findPageBehind(url);
  const rows = behind === undefined ? [] : findRows(readDocument(await call.answerTo(behind)));
  return rows === undefined || rows.length === 0 ? undefined : behind;
}

function addLink(rows: readonly unknown[], link: string | undefined): JsonRecord {
  return { value: rows, ...(link === undefined ? {} : { '@odata.nextLink': link }) };
}

function linkTo({ headers }: FaultyCall, url: string): string {
  return `http://${headers.host ?? 'localhost'}${url}`;
}

/** In CRO's envelopes, and where Sage 200 is asked for the number alone. */
function changeTotal(answer: Answer, _call: FaultyCall, { total }: FaultOptions): Answer | undefined {
  const document = readDocument(answer);
  const count = isRecord(document) ? document['total_count'] : document;
  if (!isNumber(count)) return undefined;
  const wrong = total === undefined ? new LosslessNumber(String(Number(count.value) + 1)) : total;
  return withBody(answer, writeDocument(isRecord(document) ? { ...document, total_count: wrong } : wrong));
}

function isEmptyList(document: unknown): boolean {
  return findRows(document)?.length === 0;
}
