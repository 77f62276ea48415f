export interface HiveGatewayOptions {
  /** The SDL. */
  readonly supergraph: string;
  /** The path of the GraphQL endpoint. */
  readonly endpoint: string;
  /** Whether a header of the caller is handed on to a subgraph. */
  readonly isForwarded: (subgraph: string, header: string) => boolean;
}

export function startHiveGateway(
  options: HiveGatewayOptions,
): Promise<{ readonly url: string; close(): Promise<void> }>;
