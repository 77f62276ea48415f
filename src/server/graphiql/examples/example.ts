/** A worked query, shown in a tab of its own. */
export interface Example {
  /** The name of the query's only operation; unique, and short: the tab bears it. */
  readonly name: string;
  /** As GraphiQL's "Prettify" leaves it, after a comment that says what it shows. Comment lines start at the margin, or GraphiQL takes words in them for the operation's name. */
  readonly query: string;
  /** Values of the query's variables, if it has any. */
  readonly variables?: Readonly<Record<string, unknown>>;
  /** Whether the answer holds errors: that is what the example shows. */
  readonly hasErrors?: true;
}
