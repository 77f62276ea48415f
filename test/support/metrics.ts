/** A line of the metrics: what is counted, with its labels, and how many there are. */
interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/**
 * The sum of a server's counters of that name that have these labels, as it shows them at `/metrics`.
 *
 * @param name without the product's prefix: `upstream_calls_total`
 */
export async function readCounter(
  serverUrl: string,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): Promise<number> {
  const response = await fetch(`${serverUrl}/metrics`);
  const samples = readSamples(await response.text()).filter(
    (sample) =>
      sample.name === `customer_graph_${name}` &&
      Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
  );
  return samples.reduce((sum, { value }) => sum + value, 0);
}

function readSamples(text: string): Sample[] {
  return text.split('\n').flatMap((line) => {
    const [, name = '', labels = '', value = ''] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    const pairs = [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(
      ([, label = '', text = '']) => [label, text] as const,
    );
    return name === '' ? [] : [{ name, labels: Object.fromEntries(pairs), value: Number(value) }];
  });
}
