import { LRUCache } from 'lru-cache';
import type { Guard, Guards } from './guards.ts';

/** Who asks, as far as it decides what may be read. */
export interface Caller {
  /** Whether it has shown who it is. */
  readonly isKnown: boolean;
  readonly scopes: ReadonlySet<string>;
  /** Names of the sources that it may ask; undefined for all. */
  readonly sources: ReadonlySet<string> | undefined;
}

/** Guards that a caller does not pass. */
export type Denied = ReadonlySet<Guard>;

/** What a caller may do. */
export interface Access {
  /** Undefined for a caller that passes all guards. */
  readonly denied: Denied | undefined;
  /** Whether it may read what is behind fields within each other, from one of an object type on. */
  mayRead(type: string, fields: readonly string[]): boolean;
  mayAsk(source: string): boolean;
}

/** Where nobody is asked who he is. */
export const fullAccess: Access = { denied: undefined, mayRead: () => true, mayAsk: () => true };

/** Callers with so many different sets of scopes are remembered. */
const mostRemembered = 1_000;

/** Tells what callers may do. There are few combinations of scopes and sources: each is looked at once. */
export function createAccessControl(guards: Guards): (caller: Caller) => Access {
  const remembered = new LRUCache<string, Access>({ max: mostRemembered });
  return (caller) => {
    const key = keyOf(caller);
    const known = remembered.get(key);
    if (known !== undefined) return known;
    const access = decideAccess(guards, caller);
    remembered.set(key, access);
    return access;
  };
}

/** Equal for callers that may do the same. */
function keyOf({ isKnown, scopes, sources }: Caller): string {
  return JSON.stringify([
    isKnown,
    [...scopes].toSorted(),
    sources === undefined ? null : [...sources].toSorted(),
  ]);
}

function decideAccess(guards: Guards, caller: Caller): Access {
  const denied = new Set(guards.all.filter((guard) => !passes(caller, guard)));
  if (denied.size === 0 && caller.sources === undefined) return fullAccess;
  return {
    denied: denied.size === 0 ? undefined : denied,
    mayRead: (type, fields) => guards.along(type, fields).every((guard) => !denied.has(guard)),
    mayAsk: (source) => caller.sources?.has(source) ?? true,
  };
}

function passes({ isKnown, scopes }: Caller, { requirements }: Guard): boolean {
  return isKnown && requirements.every((sets) => sets.some((set) => set.every((scope) => scopes.has(scope))));
}
