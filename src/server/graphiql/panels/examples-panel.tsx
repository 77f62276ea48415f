import { useGraphiQL, useGraphiQLActions, type GraphiQLPlugin } from '@graphiql/react';
import { useEffect, useState } from 'react';
import { parseHeaders } from '../api/headers.ts';
import { sampleCustomers, type Samples } from '../api/sample-customers.ts';
import { useStored } from '../api/store.ts';
import { createExamples, type Example, type ExampleGroup } from '../examples.ts';
import { narrow, useExplorer } from '../explorer-context.ts';
import { ExamplesIcon } from '../icons.tsx';
import { rememberOwnText, useOpenQuery } from '../open-query.ts';

/** Worked queries for the sources of this server, with ids that exist there. */
export const examplesPlugin: GraphiQLPlugin = {
  title: 'Examples',
  icon: ExamplesIcon,
  content: ExamplesPanel,
};

function ExamplesPanel() {
  const samples = useSamples();
  const openQuery = useOpenQuery();
  const actions = useGraphiQLActions();
  const open = ({ query, variables }: Example) => {
    rememberOwnText(query);
    openQuery({ query, variables: variables === undefined ? '' : JSON.stringify(variables, null, 2) });
    if (matchMedia(narrow).matches) actions.setVisiblePlugin(null);
  };
  return (
    <section className="panel examples" aria-label="Examples">
      <h2>Examples</h2>
      {samples === undefined ? (
        <p role="status">Looking for customers of your sources …</p>
      ) : (
        <>
          <UnknownNote names={samples.unknown} />
          {createExamples(samples.sources).map((group) => (
            <Group key={group.title} group={group} onOpen={open} />
          ))}
        </>
      )}
    </section>
  );
}

/** Asks for some customers, once: undefined until they are there. */
function useSamples(): Samples | undefined {
  const explorer = useExplorer();
  const sources = useStored(explorer.sources);
  const headers = useGraphiQL(({ headerEditor }) => headerEditor?.getValue());
  const [samples, setSamples] = useState<Samples>();
  useEffect(() => {
    let isCurrent = true;
    const asked = explorer.samples.get() ?? sampleCustomers(explorer.ask, sources, parseHeaders(headers));
    explorer.samples.set(asked);
    const show = async () => {
      const found = await asked;
      // Where some source gave none, it is asked again when the panel is opened again.
      if (found.unknown.length > 0 || sources.length === 0) explorer.samples.set(undefined);
      if (isCurrent) setSamples(found);
    };
    void show();
    return () => {
      isCurrent = false;
    };
    // Headers are read when the sources are known; to type in them is no reason to ask.
  }, [explorer, sources]);
  return samples;
}

function UnknownNote({ names }: { names: readonly string[] }) {
  if (names.length === 0) return null;
  return (
    <p className="note" role="status">
      No customer is known of {names.join(', ')}. Put the number of one in place of the 1 in{' '}
      <code>{names[0]}:1</code>.
    </p>
  );
}

function Group({ group, onOpen }: { group: ExampleGroup; onOpen: (example: Example) => void }) {
  return (
    <>
      <h3>{group.title}</h3>
      <ul>
        {group.examples.map((example) => (
          <li key={example.name}>
            <button type="button" onClick={() => onOpen(example)}>
              <span className="example-title">{example.title}</span>
              <span className="example-text">{describeExample(example)}</span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

/** The comment before the query. */
function describeExample({ query }: Example): string {
  const lines = query.split('\n').filter((line) => line.startsWith('#'));
  const [text = ''] = lines
    .map((line) => line.slice(2))
    .join(' ')
    .split(' Press the play button');
  return text;
}
