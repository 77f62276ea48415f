import { useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { useStored } from './api/store.ts';
import { useExplorer } from './explorer-context.ts';

/** What to do when the server does not let the caller in. */
export function SignInHint() {
  const refusal = useStored(useExplorer().refusal);
  const hasHeaderEditor = useGraphiQL((state) => state.headerEditor !== undefined);
  const actions = useGraphiQLActions();
  if (refusal === undefined) return null;
  return (
    <div className="sign-in-hint" role="alert">
      <p>
        <strong>{refusal.message}</strong>
      </p>
      <p>
        Put a token into <em>Headers</em>, below the query: <code>"authorization": "Bearer …"</code>
      </p>
      <p className="buttons">
        <button type="button" disabled={!hasHeaderEditor} onClick={showHeaders}>
          Show headers
        </button>
        <button type="button" onClick={() => void actions.introspect()}>
          Try again
        </button>
      </p>
    </div>
  );
}

/** GraphiQL has no other way to open it. */
function showHeaders(): void {
  document.querySelector<HTMLElement>('.graphiql-editor-tools [data-name="headers"]')?.click();
}
