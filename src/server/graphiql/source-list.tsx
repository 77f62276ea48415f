import type { ListedSource } from './api/load-sources.ts';
import { useStored } from './api/store.ts';
import { useExplorer } from './explorer-context.ts';

/**
 * A line that names the configured sources and says which of them are simulated.
 * Shows nothing until they are known, and nothing at all where they cannot be asked for.
 */
export function SourceList() {
  const sources = useStored(useExplorer().sources);
  if (sources.length === 0) return null;
  return (
    <ul className="source-list" aria-label="Sources">
      {sources.map((source) => (
        <SourceItem key={source.name} source={source} />
      ))}
    </ul>
  );
}

function SourceItem({ source: { name, title, isSimulated } }: { source: ListedSource }) {
  return (
    <li title={isSimulated ? `${title}: built-in sandbox with invented records` : `${title}: real system`}>
      <code>{name}</code> {title}{' '}
      <span className={isSimulated ? 'tone-warning' : 'tone-good'}>{isSimulated ? 'simulated' : 'live'}</span>
    </li>
  );
}
