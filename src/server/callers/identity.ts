/** Who a caller has shown itself to be. */
export interface Identity {
  readonly subject: string | undefined;
  readonly scopes: ReadonlySet<string>;
  /** Names of the sources that it may ask; undefined for all. */
  readonly sources: ReadonlySet<string> | undefined;
}
