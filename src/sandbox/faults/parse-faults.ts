import { z } from 'zod';
import { catalogue, faultNames, isFaultName, listOptions, type FaultName } from './catalogue.ts';
import { describeOption, faultOptions } from './options.ts';

const faultSettings = z.strictObject({ name: z.custom<FaultName>(isFaultName), ...faultOptions.shape });

/** A fault that is switched on: its name, whom it strikes, and what it takes beyond that. */
export type Fault = Readonly<z.output<typeof faultSettings>>;

/** One mistake in what was sent. */
export interface FaultProblem {
  /** e.g. `[0].probability`; empty for the whole. */
  readonly at: string;
  readonly found: string;
  readonly expected: string;
}

/** Faults cannot be switched on; `problems` says why. */
export class FaultSettingsError extends Error {
  override readonly name = 'FaultSettingsError';
  readonly problems: readonly FaultProblem[];

  constructor(problems: readonly FaultProblem[]) {
    const lines = problems.map(
      ({ at, found, expected }) => `  ${at === '' ? '' : `${at}: `}found ${found}, expected ${expected}`,
    );
    super(['These are no faults:', ...lines].join('\n'));
    this.problems = problems;
  }
}

/** @throws FaultSettingsError with every mistake */
export function parseFaults(value: unknown): Fault[] {
  if (!Array.isArray(value))
    throw new FaultSettingsError([{ at: '', found: describe(value), expected: 'a list of faults' }]);
  const results = value.map((fault: unknown, index) => checkFault(fault, `[${index}]`));
  const problems = results.flatMap((result) => ('problems' in result ? result.problems : []));
  if (problems.length > 0) throw new FaultSettingsError(problems);
  return results.flatMap((result) => ('fault' in result ? [result.fault] : []));
}

/** @throws FaultSettingsError with every mistake */
export function parseFault(value: unknown): Fault {
  const result = checkFault(value, '');
  if ('problems' in result) throw new FaultSettingsError(result.problems);
  return result.fault;
}

function checkFault(
  value: unknown,
  at: string,
): { readonly fault: Fault } | { readonly problems: readonly FaultProblem[] } {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return {
      problems: [{ at, found: describe(value), expected: 'a fault such as {"name":"status","status":503}' }],
    };
  const written = new Map<string, unknown>(Object.entries(value));
  const name = written.get('name');
  const place = (key: string) => (at === '' ? key : `${at}.${key}`);
  if (!isFaultName(name))
    return {
      problems: [{ at: place('name'), found: describe(name), expected: `one of ${faultNames.join(', ')}` }],
    };
  const result = faultSettings.safeParse(value);
  const problems = [
    ...findMisplaced(name, written),
    ...(result.error?.issues ?? []).flatMap((issue) => findWrongValues(issue, written)),
  ];
  return result.success && problems.length === 0
    ? { fault: result.data }
    : { problems: problems.map(({ at: key, ...problem }) => ({ at: place(key), ...problem })) };
}

/** Options that the fault does not take, needs, or takes only one of. */
function findMisplaced(name: FaultName, written: ReadonlyMap<string, unknown>): FaultProblem[] {
  const options: readonly string[] = listOptions(name);
  const unknown = [...written.keys()].filter((key) => key !== 'name' && !options.includes(key));
  const missing = (catalogue[name].required ?? []).filter((option) => !written.has(option));
  const isTwice = written.has('path') && written.has('pattern');
  return [
    ...unknown.map((key) => ({
      at: key,
      found: `an option that ${name} does not take`,
      expected: `one of ${options.join(', ')}`,
    })),
    ...missing.map((key) => ({ at: key, found: 'nothing', expected: describeOption(key).expected })),
    ...(isTwice ? [{ at: 'pattern', found: 'a pattern beside path', expected: 'one of the two' }] : []),
  ];
}

function findWrongValues({ path }: z.core.$ZodIssue, written: ReadonlyMap<string, unknown>): FaultProblem[] {
  const option = faultOptions.keyof().safeParse(path[0]).data;
  // What the fault does not know has been told already.
  if (option === undefined) return [];
  return [{ at: option, found: describe(written.get(option)), expected: describeOption(option).expected }];
}

function describe(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}
