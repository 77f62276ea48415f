/** A configured source, as far as the page shows it. */
export interface ListedSource {
  name: string;
  title: string;
  isSimulated: boolean;
}

const query = 'query ListSources { sources { name title isSimulated } }';

/**
 * Asks the API at `url` for its configured sources.
 * Answers an empty list where the request fails in any way: the page works without them.
 */
export async function loadSources(url: string): Promise<ListedSource[]> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    const answer: unknown = await response.json();
    return readSources(answer);
  } catch {
    return [];
  }
}

function readSources(answer: unknown): ListedSource[] {
  if (!isObject(answer) || !isObject(answer['data'])) return [];
  const sources = answer['data']['sources'];
  return Array.isArray(sources) ? sources.filter(isListedSource) : [];
}

function isListedSource(value: unknown): value is ListedSource {
  return (
    isObject(value) &&
    typeof value['name'] === 'string' &&
    typeof value['title'] === 'string' &&
    typeof value['isSimulated'] === 'boolean'
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
