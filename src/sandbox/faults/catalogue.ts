import { bodyFaults } from './body-faults.ts';
import { connectionFaults } from './connection-faults.ts';
import type { FaultKind } from './fault-kind.ts';
import { listFaults } from './list-faults.ts';
import { commonOptions, describeOption, type OptionName } from './options.ts';
import { pageFaults } from './page-faults.ts';
import { recordFaults } from './record-faults.ts';
import { statusFaults } from './status-faults.ts';

const kinds = {
  ...connectionFaults,
  ...statusFaults,
  ...bodyFaults,
  ...recordFaults,
  ...listFaults,
  ...pageFaults,
} as const;

export type FaultName = keyof typeof kinds;

/** Every fault there is, by name. */
export const catalogue: Readonly<Record<FaultName, FaultKind>> = kinds;

export const faultNames: readonly string[] = Object.keys(kinds);

const outsideNote =
  'A server cannot refuse its own connection, be missing from DNS or fail in TLS: for these, stop it or configure an address where nothing listens.';

export function isFaultName(value: unknown): value is FaultName {
  return typeof value === 'string' && Object.hasOwn(kinds, value);
}

/** The options that a fault takes. */
export function listOptions(name: FaultName): readonly OptionName[] {
  return [...commonOptions, ...(catalogue[name].options ?? [])];
}

/** The catalogue as the control endpoint answers it. */
export function describeCatalogue(): Record<string, unknown> {
  const describeOptions = (names: readonly OptionName[]) =>
    Object.fromEntries(names.map((name) => [name, describeOption(name)]));
  const faults = Object.entries(catalogue).map(([name, { description, options = [], required = [] }]) => ({
    name,
    description,
    options: describeOptions(options),
    ...(required.length === 0 ? {} : { required }),
  }));
  return { faults, optionsOfAll: describeOptions(commonOptions), outside: outsideNote };
}
