import { isMacOs, useGraphiQLActions } from '@graphiql/react';
import { useEffect } from 'react';

/** Runs the operation by Ctrl+Enter from anywhere: the editors know it themselves, the rest of the page does not. */
export function Keyboard() {
  const actions = useGraphiQLActions();
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const isMeant = event.key === 'Enter' && (event.ctrlKey || (isMacOs && event.metaKey));
      if (!isMeant || event.defaultPrevented || event.repeat) return;
      event.preventDefault();
      actions.run();
    };
    addEventListener('keydown', onKeyDown);
    return () => removeEventListener('keydown', onKeyDown);
  }, [actions]);
  return null;
}

/** First in the order of the Tab key. */
export function SkipLinks() {
  return (
    <nav className="skip-links" aria-label="Skip">
      <button
        type="button"
        onClick={() => document.querySelector<HTMLElement>('.graphiql-execute-button')?.focus()}
      >
        Skip to “Execute query”
      </button>
    </nav>
  );
}
