import { pick, useGraphiQL } from '@graphiql/react';
import { useEffect } from 'react';

/** Lets the lines of queries and answers wrap, and a few more of them fit, than GraphiQL has by default. Shows nothing itself. */
export function EditorOptions() {
  const { queryEditor, variableEditor, headerEditor, responseEditor } = useGraphiQL(
    pick('queryEditor', 'variableEditor', 'headerEditor', 'responseEditor'),
  );
  useEffect(() => {
    for (const editor of [queryEditor, variableEditor, headerEditor, responseEditor]) {
      editor?.updateOptions({ fontSize: 13, wordWrap: 'on', wrappingIndent: 'indent' });
    }
  }, [queryEditor, variableEditor, headerEditor, responseEditor]);
  return null;
}
