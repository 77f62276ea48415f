import { useId, useState } from 'react';
import type { ActiveFault, Fault, FaultKind, FaultOption } from '../api/faults.ts';

interface FaultSwitchProps {
  readonly kind: FaultKind;
  readonly optionsOfAll: Readonly<Record<string, FaultOption>>;
  /** Undefined while it is off. */
  readonly active: ActiveFault | undefined;
  /** With the fault to be switched on; undefined to switch it off. */
  readonly onSwitch: (fault: Fault | undefined) => void;
}

/** What has to be given has a value to begin with. */
const proposed: Readonly<Record<string, string>> = { status: '503' };

/** A fault of the catalogue, with its options. */
export function FaultSwitch({ kind, optionsOfAll, active, onSwitch }: FaultSwitchProps) {
  const { name, description, required = [] } = kind;
  const id = useId();
  const [texts, setTexts] = useState<Readonly<Record<string, string>>>(() => ({
    ...Object.fromEntries(required.map((option) => [option, proposed[option] ?? ''])),
    ...Object.fromEntries(
      Object.entries(active?.fault ?? {}).map(([key, value]) => [key, writeOption(value)]),
    ),
  }));
  const create = (): Fault => {
    const given = Object.entries(texts).filter(([key, text]) => key !== 'name' && text.trim() !== '');
    return { ...Object.fromEntries(given.map(([key, text]) => [key, readOption(text)])), name };
  };
  return (
    <li className="fault">
      <label>
        <input
          type="checkbox"
          checked={active !== undefined}
          aria-describedby={id}
          onChange={(event) => onSwitch(event.currentTarget.checked ? create() : undefined)}
        />{' '}
        <code>{name}</code>
      </label>
      {active !== undefined && (
        <span className="tone-warning">
          {' '}
          struck {active.struck} of {active.matched} requests
        </span>
      )}
      <p id={id} className="hint">
        {description}
      </p>
      <details>
        <summary>Options of {name}</summary>
        {Object.entries({ ...kind.options, ...optionsOfAll }).map(([option, about]) => (
          <label key={option} className="fault-option">
            <code>{option}</code>
            <input
              type="text"
              value={texts[option] ?? ''}
              onChange={(event) => setTexts({ ...texts, [option]: event.currentTarget.value })}
              onBlur={() => active !== undefined && onSwitch(create())}
            />
            <span className="hint">{about.description}</span>
          </label>
        ))}
      </details>
    </li>
  );
}

/** As JSON where it is that, so that `503` is a number and `["name"]` a list. */
function readOption(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return text;
  }
}

function writeOption(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
