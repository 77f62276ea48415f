export interface HiveGatewayOptions {
  /** The SDL. */
  readonly supergraph: string;
  /** The path of the GraphQL endpoint. */
  readonly endpoint: string;
  /** Headers of callers that are handed on to subgraphs. */
  readonly forwarded: RegExp;
}

export function startHiveGateway(options: HiveGatewayOptions): Promise<{ readonly url: string; close(): Promise<void> }>;
