import { pick, useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { useEffect, useRef } from 'react';
import { parseHeaders, prepareHeaders } from './api/headers.ts';
import { loadSources } from './api/load-sources.ts';
import { useStored } from './api/store.ts';
import { callerHeaders, useExplorer } from './explorer-context.ts';

/**
 * Keeps what is known of the server right after each answer: whether it lets the caller in and, once it does, the
 * sources, the schema, and the headers that callers fill in. Shows nothing itself.
 */
export function KnowSources() {
  const { ask, settings, sources, refusal, exchanges } = useExplorer();
  const { headerEditor, schema, isIntrospecting } = useGraphiQL(
    pick('headerEditor', 'schema', 'isIntrospecting'),
  );
  const actions = useGraphiQLActions();
  const exchange = useStored(exchanges);
  const listed = useStored(sources);
  const isAsking = useRef(false);

  useEffect(() => {
    if (exchange === undefined) return;
    refusal.set(exchange.errors.find(({ code }) => code === 'UNAUTHENTICATED'));
    if (exchange.status !== 200 || isAsking.current) return;
    if (schema == null && !isIntrospecting && !exchange.isIntrospection) void actions.introspect();
    if (sources.get().length > 0) return;
    const learn = async () => {
      isAsking.current = true;
      const answer = await loadSources(ask, parseHeaders(headerEditor?.getValue()));
      isAsking.current = false;
      if (answer.sources.length > 0) sources.set(answer.sources);
    };
    void learn();
    // Only an answer is a reason to look.
  }, [exchange]);

  useEffect(() => {
    const text = headerEditor?.getValue() ?? '';
    const prepared = prepareHeaders(text, callerHeaders(settings, listed));
    if (prepared !== text) headerEditor?.setValue(prepared);
  }, [headerEditor, settings, listed]);
  return null;
}
