import type { StubAnswer } from '../../support/recording-server.ts';

/** A record for each id, a few of them for each list, as each of the three REST APIs sends them. */
export function answerAnything({ pathname, searchParams }: URL): StubAnswer {
  const id = Number(pathname.split('/').at(-1));
  const record = (of: number) => ({ id: of, name: 'Quay Ltd', customerName: 'Quay Ltd' });
  if (!Number.isNaN(id)) return { body: record(id) };
  const asked = [...(searchParams.get('$filter') ?? '').matchAll(/\bid eq (\d+)/g)].map(([, text]) =>
    Number(text),
  );
  const rows = (asked.length > 0 ? asked : [1, 2, 3]).map(record);
  const isCro = !pathname.startsWith('/sage') && !pathname.startsWith('/v1');
  return { body: isCro ? { results: rows, total_count: rows.length } : rows };
}
