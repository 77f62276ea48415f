import { tooComplex } from './errors.ts';

/** The REST calls of one operation. */
export interface CallBudget {
  /** Calls that were wanted, those that were refused included. */
  readonly wanted: number;
  /**
   * Resolves when a call may be made. Calls that are wanted together, as the batch of a loader, are let through or
   * refused together: half a batch would cost its calls and answer nobody.
   *
   * @throws GraphQLError QUERY_TOO_COMPLEX when there would be too many
   */
  admit(): Promise<void>;
}

export function createCallBudget(most: number): CallBudget {
  let admitted = 0;
  let wanted = 0;
  let together = 0;
  let decision: Promise<void> | undefined;

  /** Runs when all that is wanted at this moment has been counted. */
  function decide(): void {
    const total = admitted + together;
    together = 0;
    decision = undefined;
    wanted = Math.max(wanted, total);
    if (total > most) throw tooComplex(`The operation needs ${total} upstream calls (at most ${most}).`);
    admitted = total;
  }

  return {
    get wanted() {
      return wanted;
    },
    admit() {
      together += 1;
      return (decision ??= Promise.resolve().then(decide));
    },
  };
}
