/** Records by id. Each is built when it is first asked for, and kept. */
export interface LazyTable<T> {
  readonly get: (id: number) => T | undefined;
  readonly all: () => readonly T[];
}

/** A table of the records with the ids 1 to `size`. */
export function createLazyTable<T>(size: number, build: (id: number) => T): LazyTable<T> {
  const built = new Map<number, T>();
  const get = (id: number): T | undefined => {
    if (!Number.isInteger(id) || id < 1 || id > size) return undefined;
    const known = built.get(id);
    if (known !== undefined) return known;
    const record = build(id);
    built.set(id, record);
    return record;
  };
  return {
    get,
    all: () =>
      Array.from({ length: size }, (_, index) => index + 1)
        .map(get)
        .filter((record) => record !== undefined),
  };
}
