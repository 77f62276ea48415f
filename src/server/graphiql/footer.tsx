import { useStored } from './api/store.ts';
import { useExplorer } from './explorer-context.ts';
import { SignInHint } from './sign-in-hint.tsx';
import { SourceList } from './source-list.tsx';

/** Below the response: how it came, and who is asked. */
export function Footer() {
  return (
    <>
      <SignInHint />
      <ExchangeLine />
      <SourceList />
    </>
  );
}

/** Status, time and size of the last answer. */
function ExchangeLine() {
  const exchange = useStored(useExplorer().exchanges);
  if (exchange === undefined || exchange.isIntrospection) return null;
  const { status, durationMs, bytes, errors } = exchange;
  const failures = errors.length === 1 ? '1 error' : `${errors.length} errors`;
  return (
    <p className="exchange" role="status" aria-label="Last answer">
      <span className={status === 200 ? 'tone-good' : 'tone-bad'}>HTTP {status}</span>
      <span>{formatMs(durationMs)}</span>
      <span>{formatBytes(bytes)}</span>
      {errors.length > 0 && <span className="tone-warning">{failures}</span>}
    </p>
  );
}

function formatMs(durationMs: number): string {
  return durationMs < 1_000 ? `${Math.round(durationMs)} ms` : `${(durationMs / 1_000).toFixed(2)} s`;
}

function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${(bytes / 1_000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
