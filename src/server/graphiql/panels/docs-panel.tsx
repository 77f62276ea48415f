import { DOC_EXPLORER_PLUGIN, DocExplorer } from '@graphiql/plugin-doc-explorer';
import { pick, useGraphiQL, type GraphiQLPlugin } from '@graphiql/react';
import { useStored } from '../api/store.ts';
import { useExplorer } from '../explorer-context.ts';

/** GraphiQL's documentation, which says why where there is none. */
export const docsPlugin: GraphiQLPlugin = { ...DOC_EXPLORER_PLUGIN, content: DocsPanel };

function DocsPanel() {
  const { fetchError, isIntrospecting } = useGraphiQL(pick('fetchError', 'isIntrospecting'));
  const refusal = useStored(useExplorer().refusal);
  const exchange = useStored(useExplorer().exchanges);
  if (fetchError === null || isIntrospecting) return <DocExplorer />;
  const [failure] = exchange?.isIntrospection === true ? exchange.errors : [];
  return (
    <section className="panel" aria-label="Documentation">
      <h2>Documentation</h2>
      <p>
        {refusal === undefined
          ? 'The schema could not be read.'
          : 'Sign in to see the schema: what to do is said below the response.'}
      </p>
      {refusal === undefined && failure !== undefined && <p>{failure.message}</p>}
    </section>
  );
}
