import { useEffect, useState } from 'react';
import { loadSources } from './load-sources.ts';
import type { ListedSource } from './load-sources.ts';

/**
 * A line that names the configured sources and says which of them are simulated.
 * Shows nothing until they are known, and nothing at all where they cannot be asked for.
 */
export function SourceList({ url }: { url: string }) {
  const [sources, setSources] = useState<ListedSource[]>([]);
  useEffect(() => {
    void loadSources(url).then(setSources);
  }, [url]);
  if (sources.length === 0) return null;
  return (
    <ul className="source-list" aria-label="Sources">
      {sources.map((source) => (
        <SourceItem key={source.name} source={source} />
      ))}
    </ul>
  );
}

function SourceItem({ source }: { source: ListedSource }) {
  const { name, title, isSimulated } = source;
  return (
    <li title={isSimulated ? `${title}: built-in sandbox with invented records` : `${title}: real system`}>
      <code>{name}</code> {title}{' '}
      <span className={isSimulated ? 'source-simulated' : 'source-live'}>
        {isSimulated ? 'simulated' : 'live'}
      </span>
    </li>
  );
}
