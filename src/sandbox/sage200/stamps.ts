/** When a record was made and last changed: UTC, some with a fraction of seconds, some without. */
export type Stamps = {
  readonly date_time_created: string;
  readonly date_time_updated: string;
};

/** The two properties in the definition of a record. */
export const stamps = 'date_time_created:date-time date_time_updated:date-time';

/** Stamps the records that came with the company's set-up: made one after the other, some changed since. */
export function stampRows<T extends { readonly id: unknown }>(rows: readonly T[]): readonly (T & Stamps)[] {
  return rows.map((row, index) => {
    const created = `2017-03-06T09:${String(index % 60).padStart(2, '0')}:12Z`;
    const updated = index % 3 === 0 ? '2023-08-14T08:02:41.617Z' : created;
    return { ...row, date_time_created: created, date_time_updated: updated };
  });
}
