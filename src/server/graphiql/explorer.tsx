import 'graphiql/setup-workers/vite';
// The parts of graphiql/style.css one by one: the whole holds Monaco's style a second time, and 400 kB of fonts.
import '@graphiql/react/style.css';
import '@graphiql/plugin-doc-explorer/style.css';
import '@graphiql/plugin-history/style.css';
import 'graphiql/graphiql.css';
import './style.css';
import { DocExplorerStore } from '@graphiql/plugin-doc-explorer';
import { HISTORY_PLUGIN, HistoryStore } from '@graphiql/plugin-history';
import { GraphiQLProvider } from '@graphiql/react';
import { createLocalStorage } from '@graphiql/toolkit';
import { GraphiQL, GraphiQLInterface } from 'graphiql';
import { createRoot } from 'react-dom/client';
import type { Ask } from './api/ask.ts';
import type { Samples } from './api/sample-customers.ts';
import { createFetcher, type Exchange } from './api/fetcher.ts';
import { prepareHeaders } from './api/headers.ts';
import type { SourcesAnswer } from './api/load-sources.ts';
import { createStore } from './api/store.ts';
import { firstExample } from './examples.ts';
import { callerHeaders, ExplorerContext, narrow, type Explorer } from './explorer-context.ts';
import { EditorOptions } from './editor-options.tsx';
import { Footer } from './footer.tsx';
import { Keyboard, SkipLinks } from './keyboard.tsx';
import { pageSettingsName, parsePageSettings } from './page-settings.ts';
import { docsPlugin } from './panels/docs-panel.tsx';
import { examplesPlugin } from './panels/examples-panel.tsx';
import { sandboxPlugin } from './panels/sandbox-panel.tsx';
import { sourcesPlugin } from './panels/sources-panel.tsx';
import { CopyLinkButton, useSharedLinks } from './share.tsx';
import { readShareLink } from './share-link.ts';
import { KnowSources } from './know-sources.tsx';

const plugins = [docsPlugin, examplesPlugin, sourcesPlugin, HISTORY_PLUGIN];
const pluginsOfSandbox = [docsPlugin, examplesPlugin, sourcesPlugin, sandboxPlugin, HISTORY_PLUGIN];

export interface Start {
  readonly url: string;
  readonly ask: Ask;
  /** Undefined where the sources are not known yet. */
  readonly answer: SourcesAnswer | undefined;
}

/** Puts the explorer in the place of the placeholder. */
export function showExplorer({ url, ask, answer }: Start): void {
  const root = document.getElementById('root');
  if (root === null) throw new TypeError('The page has no element "root".');
  const exchanges = createStore<Exchange | undefined>(undefined);
  const explorer: Explorer = {
    ask,
    settings: readSettings(),
    sources: createStore(answer?.sources ?? []),
    refusal: createStore(answer?.errors.find(({ code }) => code === 'UNAUTHENTICATED')),
    exchanges,
    samples: createStore<Promise<Samples> | undefined>(undefined),
  };
  createRoot(root).render(
    <ExplorerContext value={explorer}>
      <ExplorerPage explorer={explorer} fetcher={createFetcher(url, exchanges)} />
    </ExplorerContext>,
  );
}

function readSettings(): Explorer['settings'] {
  const element = document.querySelector(`meta[name="${pageSettingsName}"]`);
  return parsePageSettings(element?.getAttribute('content') ?? '{}');
}

// A namespace of its own: tabs left by another GraphiQL on the same host and port would take the place of ours.
const storage = createLocalStorage({ namespace: 'customer-graph' });

function ExplorerPage({
  explorer,
  fetcher,
}: {
  explorer: Explorer;
  fetcher: ReturnType<typeof createFetcher>;
}) {
  const link = readShareLink(location.hash);
  const headers = prepareHeaders('', callerHeaders(explorer.settings, explorer.sources.get()));
  const first = { query: link?.query ?? firstExample.query, variables: link?.variables ?? null, headers };
  return (
    <GraphiQLProvider
      fetcher={fetcher}
      storage={storage}
      plugins={explorer.settings.hasSandbox ? pluginsOfSandbox : plugins}
      referencePlugin={docsPlugin}
      schemaDescription
      inputValueDeprecation
      defaultTabs={[first]}
      defaultHeaders={headers}
      {...(link === undefined ? {} : { initialQuery: link.query, initialVariables: link.variables })}
    >
      <HistoryStore>
        <DocExplorerStore>
          <Workbench hasHeaders={headers !== ''} />
        </DocExplorerStore>
      </HistoryStore>
    </GraphiQLProvider>
  );
}

/** There is no room for variables beside query and answer then. */
function isNarrow(): boolean {
  return matchMedia(narrow).matches;
}

function Workbench({ hasHeaders }: { hasHeaders: boolean }) {
  const onEdit = useSharedLinks();
  return (
    <>
      <SkipLinks />
      <GraphiQLInterface
        defaultEditorToolsVisibility={hasHeaders ? 'headers' : isNarrow() ? false : 'variables'}
        showPersistHeadersSettings={false}
        onEditQuery={onEdit}
        onEditVariables={onEdit}
      >
        <EditorOptions />
        <Keyboard />
        <KnowSources />
        <GraphiQL.Logo>
          <span className="page-name">customer-graph</span>
        </GraphiQL.Logo>
        <GraphiQL.Toolbar>
          {({ prettify, copy, merge }) => (
            <>
              {prettify}
              {merge}
              {copy}
              <CopyLinkButton />
            </>
          )}
        </GraphiQL.Toolbar>
        <GraphiQL.Footer>
          <Footer />
        </GraphiQL.Footer>
      </GraphiQLInterface>
    </>
  );
}
