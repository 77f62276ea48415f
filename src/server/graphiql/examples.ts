import { createCommonExamples } from './examples/common.ts';
import { createCroExamples } from './examples/cro.ts';
import { createElevateExamples } from './examples/elevate.ts';
import { createErrorExamples } from './examples/errors.ts';
import type { Example, ExampleGroup, SampledSource } from './examples/example.ts';
import { createListExamples } from './examples/lists.ts';
import { createSage200Examples } from './examples/sage200.ts';

export type { Example, ExampleGroup, SampledSource } from './examples/example.ts';
export { firstExample } from './examples/lists.ts';

/** By the name of the provider. */
const ofProviders: Readonly<Record<string, (source: SampledSource) => readonly Example[]>> = {
  elevate: createElevateExamples,
  sage200: createSage200Examples,
  cro: createCroExamples,
};

/** The worked queries for a server with these sources. */
export function createExamples(sources: readonly SampledSource[]): readonly ExampleGroup[] {
  const ofSources = sources.map((source) => ({
    title: `${source.title}: ${source.name}`,
    examples: ofProviders[source.provider]?.(source) ?? [],
  }));
  return [
    { title: 'All sources', examples: createCommonExamples(sources) },
    { title: 'Lists and search', examples: createListExamples(sources) },
    ...ofSources,
    { title: 'What is missing or wrong', examples: createErrorExamples(sources) },
  ].filter(({ examples }) => examples.length > 0);
}
