import { pick, useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { useCallback } from 'react';
import { firstExample } from './examples.ts';
import type { SharedQuery } from './share-link.ts';

/** Texts that the page itself has put into the editor: nothing is lost where another takes their place. */
const ownTexts = new Set(['', firstExample.query]);

/** Opens operations: in the tab that has it, in place of one that nobody has changed, or in a new one. */
export function useOpenQuery(): (shared: SharedQuery) => void {
  const { tabs, activeTabIndex, queryEditor, variableEditor, headerEditor, responseEditor } = useGraphiQL(
    pick('tabs', 'activeTabIndex', 'queryEditor', 'variableEditor', 'headerEditor', 'responseEditor'),
  );
  const actions = useGraphiQLActions();
  return useCallback(
    ({ query, variables }) => {
      const open = tabs.findIndex((tab) => tab.query === query && (tab.variables ?? '') === variables);
      if (open === activeTabIndex) return;
      if (open >= 0) return actions.changeTab(open);
      const headers = headerEditor?.getValue() ?? '';
      if (!ownTexts.has(queryEditor?.getValue() ?? '')) actions.addTab();
      queryEditor?.setValue(query);
      variableEditor?.setValue(variables);
      headerEditor?.setValue(headers);
      responseEditor?.setValue('');
      // Otherwise it stays that of the query before for a moment, and a run meanwhile would ask for that.
      actions.setOperationName(/^query (\w+)/m.exec(query)?.[1] ?? '');
    },
    [tabs, activeTabIndex, queryEditor, variableEditor, headerEditor, responseEditor, actions],
  );
}

/** To be called with an example before it is opened. */
export function rememberOwnText(query: string): void {
  ownTexts.add(query);
}
