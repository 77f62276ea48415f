import { LosslessNumber, stringify } from 'lossless-json';
import type { Answer } from './answer.ts';
import { changeAnswer, type FaultKind, type FaultyCall } from './fault-kind.ts';
import {
  findRows,
  isNumber,
  isRecord,
  raiseIds,
  readDocument,
  withDocument,
  type JsonRecord,
} from './json-document.ts';
import { findFirstPage, findLaterPage, listOtherPaths, listOtherUrls } from './other-urls.ts';

export const listFaults = {
  'rows-missing': {
    description: 'A list leaves out every second row, the first included.',
    prepare: changeRows(1, (rows) => rows.filter((_row, index) => index % 2 === 1)),
  },
  'rows-duplicated': {
    description: 'A list has every row twice.',
    prepare: changeRows(1, (rows) => rows.flatMap((row) => [row, row])),
  },
  'rows-reordered': {
    description: 'A list has its rows in the reverse order.',
    prepare: changeRows(2, (rows) => rows.toReversed()),
  },
  'rows-foreign': {
    description:
      'A list begins with a row that was not asked for: one of another customer where there is one.',
    prepare: changeAnswer(addForeignRow),
  },
  'wrong-record': {
    description: 'A request for one record is answered with another: of another customer where there is one.',
    prepare: changeAnswer(answerWrongRecord),
  },
  'first-row-deleted': {
    description:
      'The first row of a list is gone, as if somebody had deleted it: all others move up by one. Switched on between two pages, it moves the second one.',
    prepare: changeAnswer(answerWithoutFirst),
  },
  'pagination-loop': {
    description:
      'Whatever page of a list is asked for, the first one is answered. Requests for the first page pass.',
    prepare: async (call, options) => {
      const url = findFirstPage(call.url);
      if (url === undefined) return undefined;
      return changeAnswer((_answer, { answerTo }) => answerTo(url))(call, options);
    },
  },
} as const satisfies Readonly<Record<string, FaultKind>>;

/** The page that follows one by its number moves up a row. A list that is asked for from an id on stays as it is. */
async function answerWithoutFirst(answer: Answer, call: FaultyCall): Promise<Answer | undefined> {
  const later = findLaterPage(call.url);
  if (later === undefined) return undefined;
  if (later.isByRow) return call.answerTo(later.url);
  const document = readDocument(answer);
  const rows = findRows(document);
  if (rows === undefined || rows.length === 0) return undefined;
  const [next] = findRows(readDocument(await call.answerTo(later.url))) ?? [];
  rows.splice(0, rows.length, ...rows.slice(1), ...(next === undefined ? [] : [next]));
  if (isRecord(document) && isNumber(document['total_count']))
    document['total_count'] = new LosslessNumber(String(Number(document['total_count'].value) - 1));
  return withDocument(answer, document);
}

/** Changes the rows of a list; `minRows` is what it takes for the change to be one. */
function changeRows(
  minRows: number,
  change: (rows: readonly unknown[]) => readonly unknown[],
): FaultKind['prepare'] {
  return changeAnswer((answer) => {
    const document = readDocument(answer);
    const rows = findRows(document);
    if (rows === undefined || rows.length < minRows) return undefined;
    rows.splice(0, rows.length, ...change([...rows]));
    return withDocument(answer, document);
  });
}

async function addForeignRow(answer: Answer, call: FaultyCall): Promise<Answer | undefined> {
  const document = readDocument(answer);
  const rows = findRows(document);
  if (rows === undefined) return undefined;
  const foreign = (await findForeignRow(rows, call)) ?? rows.filter(isRecord).map(raiseIds).at(-1);
  if (foreign === undefined) return undefined;
  rows.unshift(foreign);
  return withDocument(answer, document);
}

/** A row that the same request has for other records. */
async function findForeignRow(rows: readonly unknown[], call: FaultyCall): Promise<JsonRecord | undefined> {
  const known = new Set(rows.map((row) => stringify(row)));
  for (const url of listOtherUrls(call.url)) {
    const others = findRows(readDocument(await call.answerTo(url))) ?? [];
    const foreign = others.filter(isRecord).find((row) => !known.has(stringify(row)));
    if (foreign !== undefined) return foreign;
  }
  return undefined;
}

async function answerWrongRecord(answer: Answer, call: FaultyCall): Promise<Answer | undefined> {
  const record = readDocument(answer);
  if (!isRecord(record) || findRows(record) !== undefined) return undefined;
  const urls = listOtherPaths(call.url);
  for (const url of urls) {
    const other = await call.answerTo(url);
    if (isRecord(readDocument(other)) && !other.body.equals(answer.body)) return other;
  }
  return urls.length === 0 ? undefined : withDocument(answer, raiseIds(record));
}
