import type { GraphiQLPlugin } from '@graphiql/react';
import { useCallback, useState } from 'react';
import { loadFaults, switchFaults, type ActiveFault, type Fault, type Faults } from '../api/faults.ts';
import { useStored } from '../api/store.ts';
import { useExplorer } from '../explorer-context.ts';
import { SandboxIcon } from '../icons.tsx';
import { usePolling } from '../use-polling.ts';
import { FaultSwitch } from './fault-switch.tsx';

/** Makes the simulated sources fail. */
export const sandboxPlugin: GraphiQLPlugin = {
  title: 'Sandbox',
  icon: SandboxIcon,
  content: SandboxPanel,
};

function SandboxPanel() {
  const sources = useStored(useExplorer().sources).filter(({ isSimulated }) => isSimulated);
  const [chosen, choose] = useState<string>();
  const [first] = sources;
  const provider = chosen ?? first?.provider;
  return (
    <section className="panel" aria-label="Sandbox">
      <h2>Sandbox</h2>
      <p>Make a simulated source fail, and see what comes of it. Affects nothing but invented data.</p>
      <label>
        Source{' '}
        <select value={provider} onChange={(event) => choose(event.currentTarget.value)}>
          {sources.map((source) => (
            <option key={source.name} value={source.provider}>
              {source.name}
            </option>
          ))}
        </select>
      </label>
      {provider !== undefined && <FaultList key={provider} provider={provider} />}
    </section>
  );
}

function FaultList({ provider }: { provider: string }) {
  const [faults, setFaults] = useState<Faults>();
  const [problems, setProblems] = useState<readonly string[]>([]);
  const look = useCallback(async () => setFaults(await loadFaults(provider)), [provider]);
  usePolling(look);
  if (faults === undefined) return <p role="status">Looking for its faults …</p>;
  const { active, catalogue } = faults;
  const change = async (wanted: readonly Fault[]) => {
    setProblems(await switchFaults(provider, wanted));
    await look();
  };
  const others = (name: string) => active.map(({ fault }) => fault).filter((fault) => fault.name !== name);
  return (
    <>
      <p className="fault-summary">
        <span role="status">{describeActive(active)}</span>{' '}
        <button
          type="button"
          className="button"
          disabled={active.length === 0}
          onClick={() => void change([])}
        >
          Switch all off
        </button>
      </p>
      {problems.length > 0 && (
        <p className="note tone-bad" role="alert">
          {problems.join(' ')}
        </p>
      )}
      <ul>
        {catalogue.faults.map((kind) => (
          <FaultSwitch
            key={kind.name}
            kind={kind}
            optionsOfAll={catalogue.optionsOfAll}
            active={active.find(({ fault }) => fault.name === kind.name)}
            onSwitch={(fault) =>
              void change(fault === undefined ? others(kind.name) : [...others(kind.name), fault])
            }
          />
        ))}
      </ul>
    </>
  );
}

function describeActive(active: readonly ActiveFault[]): string {
  if (active.length === 0) return 'No fault is on.';
  return `On: ${active.map(({ fault }) => fault.name).join(', ')}.`;
}
