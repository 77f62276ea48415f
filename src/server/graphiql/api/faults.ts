import { isObject } from './ask.ts';

/** A fault of the catalogue. */
export interface FaultKind {
  readonly name: string;
  readonly description: string;
  /** What it takes beside the options of all, by name. */
  readonly options: Readonly<Record<string, FaultOption>>;
  readonly required?: readonly string[];
}

export interface FaultOption {
  readonly expected: string;
  readonly description: string;
}

/** A fault that is on: its name and options. */
export type Fault = Readonly<Record<string, unknown>> & { readonly name: string };

export interface ActiveFault {
  readonly fault: Fault;
  readonly matched: number;
  readonly struck: number;
}

/** The faults of one simulated API. */
export interface Faults {
  readonly active: readonly ActiveFault[];
  readonly catalogue: {
    readonly faults: readonly FaultKind[];
    readonly optionsOfAll: Readonly<Record<string, FaultOption>>;
  };
}

const urlOf = (provider: string) => new URL(`sandbox/faults/${provider}`, document.baseURI).href;

/** Undefined where they cannot be asked for. */
export async function loadFaults(provider: string): Promise<Faults | undefined> {
  try {
    const body: unknown = await (await fetch(urlOf(provider))).json();
    return isFaults(body) ? body : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Switches on these faults of an API, and no others.
 *
 * @returns why they cannot be, a sentence each
 */
export async function switchFaults(provider: string, faults: readonly Fault[]): Promise<readonly string[]> {
  try {
    const response = await fetch(urlOf(provider), {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(faults),
    });
    return response.ok ? [] : readProblems(await response.json());
  } catch {
    return ['The sandbox does not answer.'];
  }
}

/** The sandbox answers in one form; what comes from elsewhere has no catalogue. */
function isFaults(body: unknown): body is Faults {
  return isObject(body) && Array.isArray(body['active']) && isObject(body['catalogue']);
}

function readProblems(body: unknown): readonly string[] {
  const problems = isObject(body) && Array.isArray(body['problems']) ? body['problems'] : [];
  const texts = problems.filter(isObject).map(({ at, found, expected }) => {
    const option = String(at).replace(/^\[\d+\]\.?/, '');
    return `${option === '' ? 'The fault' : option}: found ${String(found)}, expected ${String(expected)}.`;
  });
  return texts.length > 0 ? texts : ['The sandbox refused it.'];
}
