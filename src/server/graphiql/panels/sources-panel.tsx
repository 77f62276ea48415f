import { useGraphiQL, type GraphiQLPlugin } from '@graphiql/react';
import { useCallback } from 'react';
import { parseHeaders } from '../api/headers.ts';
import { loadSources, type ListedSource } from '../api/load-sources.ts';
import { useStored } from '../api/store.ts';
import { useExplorer } from '../explorer-context.ts';
import { SourcesIcon } from '../icons.tsx';
import { usePolling } from '../use-polling.ts';

/** How the sources are doing, while it is open. No REST call is made to find out. */
export const sourcesPlugin: GraphiQLPlugin = {
  title: 'Sources',
  icon: SourcesIcon,
  content: SourcesPanel,
};

function SourcesPanel() {
  const { ask, sources } = useExplorer();
  const headerEditor = useGraphiQL((state) => state.headerEditor);
  const look = useCallback(async () => {
    const answer = await loadSources(ask, parseHeaders(headerEditor?.getValue()));
    if (answer.sources.length > 0) sources.set(answer.sources);
  }, [ask, sources, headerEditor]);
  usePolling(look);
  const listed = useStored(sources);
  return (
    // Nothing in it takes the focus, and it has to be scrolled by keys as well.
    <section className="panel" aria-label="Sources" tabIndex={0}>
      <h2>Sources</h2>
      {listed.length === 0 && <p>The sources cannot be asked for.</p>}
      {listed.map((source) => (
        <SourceCard key={source.name} source={source} />
      ))}
    </section>
  );
}

/** By shape and text as well as colour. */
const states: Readonly<
  Record<string, { readonly sign: string; readonly text: string; readonly tone: string }>
> = {
  AVAILABLE: { sign: '●', text: 'available', tone: 'tone-good' },
  UNAVAILABLE: { sign: '■', text: 'not called, because too many calls failed', tone: 'tone-bad' },
  PROBING: { sign: '▲', text: 'one call finds out whether it is back', tone: 'tone-warning' },
};

function SourceCard({ source }: { source: ListedSource }) {
  const { name, title, isSimulated, credentialsHeader, capabilities, status } = source;
  const { state, since, lastErrorCode, lastErrorAt, latency } = status;
  const shown = states[state] ?? { sign: '?', text: state, tone: '' };
  return (
    <article className="card" aria-label={name}>
      <h3>
        <code>{name}</code> {title}
        {isSimulated ? ', simulated' : ''}
      </h3>
      <p className={shown.tone} role="status">
        <span aria-hidden="true">{shown.sign}</span> {shown.text}
      </p>
      <dl>
        <dt>Since</dt>
        <dd>{formatTime(since)}</dd>
        <dt>Calls of the last 5 minutes</dt>
        <dd>
          {latency === null
            ? 'none'
            : `${latency.calls}; half took at most ${latency.p50Ms} ms, 95 % ${latency.p95Ms} ms, 99 % ${latency.p99Ms} ms`}
        </dd>
        {lastErrorCode !== null && (
          <>
            <dt>Last failure</dt>
            <dd>
              <code>{lastErrorCode}</code> {lastErrorAt === null ? '' : formatTime(lastErrorAt)}
            </dd>
          </>
        )}
        {credentialsHeader !== null && (
          <>
            <dt>Takes your credentials in</dt>
            <dd>
              <code>{credentialsHeader}</code>
            </dd>
          </>
        )}
        <dt>Customers in one call by id</dt>
        <dd>{capabilities.customersPerCall}</dd>
        <dt>List of customers</dt>
        <dd>{describeListing(capabilities)}</dd>
        {capabilities.unsupportedFilters.map((filter) => (
          <FilterNote key={filter.name} {...filter} />
        ))}
      </dl>
    </article>
  );
}

function FilterNote({ name, reason }: { name: string; reason: string }) {
  return (
    <>
      <dt>
        No filter <code>{name}</code>
      </dt>
      <dd>{reason}</dd>
    </>
  );
}

function describeListing({
  isListable,
  canCount,
  maxPageSize,
  filters,
}: ListedSource['capabilities']): string {
  if (!isListable) return 'none';
  const parts = [
    maxPageSize === null ? '' : `${maxPageSize} in a call`,
    canCount ? 'can be counted' : 'cannot be counted',
    filters.length === 0 ? '' : `by ${filters.join(', ')}`,
  ];
  return parts.filter((part) => part !== '').join('; ');
}

function formatTime(time: string): string {
  return new Date(time).toLocaleTimeString();
}
