import type { Answer } from './answer.ts';
import { catalogue } from './catalogue.ts';
import type { FaultyCall, Delivery } from './fault-kind.ts';
import { parseFault, parseFaults, type Fault } from './parse-faults.ts';
import { createRandom, type Random } from './random.ts';

/** A fault that is switched on, and what it did since. */
export interface ActiveFault {
  readonly fault: Fault;
  /** Requests that it could strike, up to its count. */
  readonly matched: number;
  /** Those among them that it did strike. */
  readonly struck: number;
}

/** Switches the faults of one simulated API. */
export interface FaultControl {
  /**
   * Switches on these faults and no others; which requests they strike begins anew.
   *
   * @throws FaultSettingsError when they are no faults; nothing changes then
   */
  readonly set: (faults: readonly Fault[]) => void;
  /** @throws FaultSettingsError when it is no fault */
  readonly add: (fault: Fault) => void;
  readonly clear: () => void;
  readonly list: () => readonly ActiveFault[];
  /** Answers a request to the control endpoint as the API itself does. */
  readonly answer: (method: string, body: string) => Answer;
}

/** The faults that are switched on. Settings that come from outside are checked. */
export interface FaultBoard {
  readonly isEmpty: boolean;
  readonly set: (faults: unknown) => void;
  readonly add: (fault: unknown) => void;
  readonly list: () => readonly ActiveFault[];
  /** How the first fault that strikes the call is delivered; undefined when none does. */
  strike(createCall: (random: Random) => FaultyCall): Promise<Strike | undefined>;
}

export interface Strike {
  readonly delayMs: number;
  readonly deliver: Delivery;
}

interface Entry {
  readonly fault: Fault;
  readonly draw: Random;
  readonly random: Random;
  matched: number;
  struck: number;
}

export function createFaultBoard(seed: number): FaultBoard {
  let entries: readonly Entry[] = [];
  const createEntry = (fault: Fault, index: number): Entry => {
    const stream = `${index}/${fault.name}`;
    return {
      fault,
      draw: createRandom(seed, stream),
      random: createRandom(seed, `${stream}/choices`),
      matched: 0,
      struck: 0,
    };
  };
  return {
    get isEmpty() {
      return entries.length === 0;
    },
    set: (faults) => void (entries = parseFaults(faults).map(createEntry)),
    add: (fault) => void (entries = [...entries, createEntry(parseFault(fault), entries.length)]),
    list: () => entries.map(({ fault, matched, struck }) => ({ fault, matched, struck })),
    async strike(createCall) {
      for (const entry of entries) {
        const strike = isOpen(entry) ? await tryStrike(entry, createCall(entry.random)) : undefined;
        if (strike !== undefined) return strike;
      }
      return undefined;
    },
  };
}

function isOpen({ fault, matched }: Entry): boolean {
  return matched < (fault.count ?? Infinity);
}

async function tryStrike(entry: Entry, call: FaultyCall): Promise<Strike | undefined> {
  const { name, ...options } = entry.fault;
  const { prepare, defaultDelayMs = 0 } = catalogue[name];
  if (!isMeant(options, call.url)) return undefined;
  const deliver = await prepare(call, options);
  // Another request may have been the last one meanwhile.
  if (deliver === undefined || !isOpen(entry)) return undefined;
  entry.matched += 1;
  if (entry.draw() >= (options.probability ?? 1)) return undefined;
  entry.struck += 1;
  return { delayMs: options.delayMs ?? defaultDelayMs, deliver };
}

function isMeant({ path, pattern }: Pick<Fault, 'path' | 'pattern'>, url: string): boolean {
  if (pattern !== undefined) return new RegExp(pattern, 'u').test(unescapeUrl(url));
  const [asked = ''] = url.split('?');
  return path === undefined || asked === path || asked.startsWith(path.endsWith('/') ? path : `${path}/`);
}

function unescapeUrl(url: string): string {
  try {
    return decodeURIComponent(url);
  } catch {
    return url;
  }
}
