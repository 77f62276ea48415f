import { createAsk } from './api/ask.ts';
import { loadSources } from './api/load-sources.ts';

/** The page is shown without knowing the sources when they take longer. */
const mostForSourcesMs = 2_000;

/** Small, so that it is here at once; the placeholder stands until the rest has come. */
async function start(): Promise<void> {
  const url = new URL('graphql', document.baseURI).href;
  const ask = createAsk(url);
  const sources = loadSources(ask);
  const late = new Promise<undefined>((resolve) => setTimeout(resolve, mostForSourcesMs));
  const [{ showExplorer }, answer] = await Promise.all([
    import('./explorer.tsx'),
    Promise.race([sources, late]),
  ]);
  showExplorer({ url, ask, answer });
}

start().catch((error: unknown) => {
  const text = document.getElementById('placeholder-text');
  if (text !== null) text.textContent = 'The explorer could not be loaded. Reload the page to try again.';
  throw error;
});
