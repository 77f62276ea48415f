import { defineConfig } from '@graphql-mesh/compose-cli';
import { loadOpenAPISubgraph } from '@omnigraph/openapi';

const upstream = process.env['UPSTREAM'] ?? 'http://127.0.0.1:4900';

/** What a customer's ids point to, as fields of the customer. */
const lookups = [
  ['currency', 'sage200Currency', 'currency_id'],
  ['priceBand', 'sage200PriceBand', 'price_band_id'],
  ['country', 'sage200Country', 'country_code_id'],
  ['taxCode', 'sage200TaxCode', 'default_tax_code_id'],
].map(
  ([field, type, key]) => `
    ${field}: ${type} @resolveTo(
      sourceName: "sage200", sourceTypeName: "Query", sourceFieldName: "${type}"
      requiredSelectionSet: "{ ${key} }", sourceArgs: { id: "{root.${key}}" }
    )`,
);

export const composeConfig = defineConfig({
  subgraphs: ['elevate', 'sage200', 'cro'].map((api) => ({
    sourceHandler: loadOpenAPISubgraph(api, {
      source: `./written/${api}.json`,
      endpoint: `${upstream}/${api}`,
    }),
  })),
  additionalTypeDefs: `extend type sage200Customer { ${lookups.join('')} }`,
});
