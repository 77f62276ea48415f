import type { WaitingScope } from '../rest/scope.ts';

/** A source for which an operation has waited longer keeps the number of those that wait for it in bounds. */
const slowMs = 500;

/**
 * How many operations wait for each source.
 *
 * A slow source may have as many of them as there are places left: one that hangs takes half of all places at most, two a
 * third each, and there is always as much room for operations that do not need them. Operations beyond that get an error
 * for what they need of this source at once, and the rest of their data.
 *
 * A caller with fewer of them than others is let in even so: it is not to pay for what others ask of a slow source.
 */
export interface SourceWaits {
  /** For one operation, which counts once for a source, however many calls it waits for. */
  open(): WaitingScope['beginWait'];
}

/** An operation that waits for a source. */
interface Wait {
  readonly caller: string;
  readonly sinceMs: number;
  calls: number;
}

/** Those that wait for one source. */
interface Crowd {
  /** In the order in which they began. */
  readonly waits: Set<Wait>;
  readonly countByCaller: Map<string, number>;
}

/**
 * @param countPlaces operations that could begin besides those under way
 * @param takeTurn resolves when an operation may go on
 */
export function createSourceWaits(countPlaces: () => number, takeTurn: () => Promise<void>): SourceWaits {
  const crowds = new Map<string, Crowd>();

  function crowdAt(source: string): Crowd {
    const crowd = crowds.get(source) ?? { waits: new Set(), countByCaller: new Map<string, number>() };
    crowds.set(source, crowd);
    return crowd;
  }

  function mayJoin({ waits, countByCaller }: Crowd, caller: string): boolean {
    const [oldest] = waits;
    if (oldest === undefined || performance.now() - oldest.sinceMs < slowMs) return true;
    const hasFewer = (countByCaller.get(caller) ?? 0) * countByCaller.size < waits.size;
    return waits.size <= countPlaces() || hasFewer;
  }

  function join(crowd: Crowd, caller: string): Wait {
    const wait: Wait = { caller, sinceMs: performance.now(), calls: 0 };
    crowd.waits.add(wait);
    crowd.countByCaller.set(caller, (crowd.countByCaller.get(caller) ?? 0) + 1);
    return wait;
  }

  function leave({ waits, countByCaller }: Crowd, wait: Wait): void {
    waits.delete(wait);
    const left = (countByCaller.get(wait.caller) ?? 0) - 1;
    if (left > 0) countByCaller.set(wait.caller, left);
    else countByCaller.delete(wait.caller);
  }

  return {
    open() {
      const own = new Map<string, Wait>();
      return (source, caller) => {
        const crowd = crowdAt(source);
        const known = own.get(source);
        if (known === undefined && !mayJoin(crowd, caller)) return undefined;
        const wait = known ?? join(crowd, caller);
        own.set(source, wait);
        wait.calls += 1;
        return () => {
          wait.calls -= 1;
          if (wait.calls === 0) {
            own.delete(source);
            leave(crowd, wait);
          }
          return takeTurn();
        };
      };
    },
  };
}
