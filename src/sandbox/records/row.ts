/** A JSON object whatever its shape: a record, or the decoded parts of a URL. */
export type Row = Readonly<Record<string, unknown>>;

/** The properties of `value`; none when it is not an object. */
export function toRow(value: unknown): Row {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
