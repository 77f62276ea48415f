import 'graphiql/setup-workers/vite';
// The parts of graphiql/style.css one by one: the whole holds Monaco's style a second time, and 400 kB of fonts.
import '@graphiql/react/style.css';
import '@graphiql/plugin-doc-explorer/style.css';
import '@graphiql/plugin-history/style.css';
import 'graphiql/graphiql.css';
import './style.css';
import { createGraphiQLFetcher, createLocalStorage } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import { createRoot } from 'react-dom/client';
import { EditorOptions } from './editor-options.tsx';
import { examples } from './examples.ts';
import { SourceList } from './source-list.tsx';

const url = new URL('graphql', document.baseURI).href;
const fetcher = createGraphiQLFetcher({ url, enableIncrementalDelivery: false });

// A namespace of its own: tabs left by another GraphiQL on the same host and port would take the place of the examples.
const storage = createLocalStorage({ namespace: 'customer-graph' });

const tabs = examples.map(({ query, variables }) => ({
  query,
  variables: variables ? JSON.stringify(variables, null, 2) : null,
}));

const root = document.getElementById('root');
if (!root) throw new Error('The page has no element "root".');
createRoot(root).render(
  <GraphiQL fetcher={fetcher} storage={storage} defaultTabs={tabs} defaultEditorToolsVisibility="variables">
    <EditorOptions />
    <GraphiQL.Logo>
      <span className="page-name">customer-graph</span>
    </GraphiQL.Logo>
    <GraphiQL.Footer>
      <SourceList url={url} />
    </GraphiQL.Footer>
  </GraphiQL>,
);
