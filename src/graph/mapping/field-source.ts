/** Where the value of one field of a provider's type comes from. */
export type FieldSource =
  | { readonly from: 'global-id'; readonly key: string; readonly kind: string | undefined }
  | { readonly from: 'native-id'; readonly key: string }
  | { readonly from: 'source' }
  | { readonly from: 'freshness' }
  | { readonly from: 'self' }
  | { readonly from: 'path'; readonly path: readonly string[]; readonly kind: string | undefined }
  | { readonly from: 'prefix'; readonly keys: ReadonlyMap<string, string> }
  | {
      readonly from: 'numbered';
      readonly columns: readonly { readonly number: number; readonly key: string }[];
    }
  /** A function in the provider's resolvers.ts, of these keys of the row. */
  | { readonly from: 'resolver'; readonly keys: readonly string[] };

export interface MappedField {
  readonly source: FieldSource;
  /** Payload keys the value is read from, as `Shape.key`. */
  readonly reads: readonly string[];
}

/** One provider's types, and where each of their fields is read. */
export interface FieldMap {
  readonly types: ReadonlyMap<string, MappedType>;
  /** Everything that does not fit between SDL and JSON Schema, as sentences. */
  readonly problems: readonly string[];
}

export interface MappedType {
  /** The `$defs` entry its rows have; undefined for rows made of some keys of another. */
  readonly shape: string | undefined;
  readonly fields: ReadonlyMap<string, MappedField>;
}

/** The keys of a row that a field's value is made of. */
export function rowKeysOf(source: FieldSource): readonly string[] {
  switch (source.from) {
    case 'global-id':
    case 'native-id':
      return [source.key];
    case 'path':
      return source.path.slice(0, 1);
    case 'prefix':
      return [...source.keys.values()];
    case 'numbered':
      return source.columns.map(({ key }) => key);
    case 'resolver':
      return source.keys;
    case 'source':
    case 'freshness':
    case 'self':
      return [];
  }
}
