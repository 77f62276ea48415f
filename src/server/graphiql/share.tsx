import { pick, ToolbarButton, useGraphiQL } from '@graphiql/react';
import { useCallback, useEffect, useRef, useState } from 'react';
import { LinkIcon } from './icons.tsx';
import { useOpenQuery } from './open-query.ts';
import { readShareLink, writeShareHash } from './share-link.ts';

/**
 * Opens the operations of links that are followed while the page is open.
 *
 * @returns to be called when the editors change: what the address then says is no longer what they hold
 */
export function useSharedLinks(): () => void {
  const openQuery = useOpenQuery();
  const { queryEditor, variableEditor } = useGraphiQL(pick('queryEditor', 'variableEditor'));
  useEffect(() => {
    const follow = () => {
      const link = readShareLink(location.hash);
      if (link !== undefined) openQuery(link);
    };
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, [openQuery]);
  const editors = useRef({ queryEditor, variableEditor });
  editors.current = { queryEditor, variableEditor };
  // Always the same function: for another one, GraphiQL makes another editor.
  return useCallback(() => {
    const { queryEditor: queries, variableEditor: variables } = editors.current;
    const link = readShareLink(location.hash);
    if (link === undefined || queries === undefined || variables === undefined) return;
    if (link.query === queries.getValue() && link.variables === variables.getValue()) return;
    history.replaceState(null, '', location.pathname + location.search);
  }, []);
}

/** Puts the operation into the address, and the address onto the clipboard. */
export function CopyLinkButton() {
  const { queryEditor, variableEditor } = useGraphiQL(pick('queryEditor', 'variableEditor'));
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    const query = queryEditor?.getValue() ?? '';
    history.replaceState(null, '', writeShareHash({ query, variables: variableEditor?.getValue() ?? '' }));
    // Where the browser gives no clipboard, the address bar has the link all the same.
    await navigator.clipboard?.writeText(location.href).catch(() => {});
    setCopied(true);
    setTimeout(() => setCopied(false), 3_000);
  };
  return (
    <>
      <ToolbarButton label="Copy a link to this query" onClick={() => void copy()}>
        <LinkIcon className="graphiql-toolbar-icon" aria-hidden="true" />
      </ToolbarButton>
      <span role="status" className={isCopied ? 'copied' : 'visually-hidden'}>
        {isCopied ? 'Link copied' : ''}
      </span>
    </>
  );
}
