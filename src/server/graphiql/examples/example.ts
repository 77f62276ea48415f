/** A worked query. */
export interface Example {
  /** The name of the query's only operation; unique, and short: the tab bears it. */
  readonly name: string;
  /** What the list of examples calls it. */
  readonly title: string;
  /** As GraphiQL's "Prettify" leaves it, after a comment that says what it shows. Comment lines start at the margin, or GraphiQL takes words in them for the operation's name. */
  readonly query: string;
  /** Values of the query's variables, if it has any. */
  readonly variables?: Readonly<Record<string, unknown>>;
  /** Whether the answer holds errors: that is what the example shows. */
  readonly hasErrors?: true;
}

/** Examples under one heading. */
export interface ExampleGroup {
  readonly title: string;
  readonly examples: readonly Example[];
}

/** A source of this server, and some of its customers. */
export interface SampledSource {
  readonly name: string;
  /** As in `Source.provider`; there may be providers that no example knows. */
  readonly provider: string;
  readonly title: string;
  /** Global ids. Where no customer is known, one that may not exist. */
  readonly ids: readonly [string, ...string[]];
  /** Names of the customers, as far as they have any. */
  readonly customerNames: readonly string[];
}
