import { composeServices as composeByApollo } from '@apollo/composition';
import { composeServices as composeByGuild } from '@theguild/federation-composition';
import { federateSubgraphs, LATEST_ROUTER_COMPATIBILITY_VERSION } from '@wundergraph/composition';
import { parse } from 'graphql';

export interface Subgraph {
  readonly name: string;
  readonly url: string;
  readonly sdl: string;
}

export interface Composition {
  readonly errors: readonly string[];
  /** The supergraph's SDL; Cosmo has a form of its own. */
  readonly supergraph: string | undefined;
  /** What the composer found odd. The Guild's reports nothing but errors. */
  readonly warnings: readonly string[];
}

/** Composes a supergraph. */
export type Composer = (subgraphs: readonly Subgraph[]) => Composition;

export const composers: Readonly<Record<'apollo' | 'guild' | 'cosmo', Composer>> = {
  apollo(subgraphs) {
    const { supergraphSdl, errors = [], hints = [] } = composeByApollo(subgraphs.map(parseSubgraph));
    return { supergraph: supergraphSdl, errors: errors.map(String), warnings: hints.map(String) };
  },
  guild(subgraphs) {
    const { supergraphSdl, errors = [] } = composeByGuild(subgraphs.map(parseSubgraph));
    return { supergraph: supergraphSdl, errors: errors.map(String), warnings: [] };
  },
  cosmo(subgraphs) {
    const result = federateSubgraphs({
      subgraphs: subgraphs.map(({ name, url, sdl }) => ({ name, url, definitions: parse(sdl) })),
      version: LATEST_ROUTER_COMPATIBILITY_VERSION,
    });
    return {
      supergraph: undefined,
      errors: result.success ? [] : result.errors.map(String),
      warnings: result.warnings.map(String),
    };
  },
};

/** The supergraph's SDL. @throws Error with every reason why the subgraphs do not compose */
export function compose(composer: Composer, subgraphs: readonly Subgraph[]): string {
  const { supergraph, errors } = composer(subgraphs);
  if (supergraph === undefined) throw new Error(errors.join('\n'));
  return supergraph;
}

function parseSubgraph({ name, url, sdl }: Subgraph) {
  return { name, url, typeDefs: parse(sdl) };
}
