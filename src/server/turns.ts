/** Time for operations in one turn of the event loop, ms. Then sockets are read, and new requests can be refused. */
const workMs = 5;

/** Time for new connections between two such turns, at most, ms. Node.js accepts a single one in each turn. */
const acceptMs = 45;

/**
 * Shares the event loop between the work of operations and everything else. Node.js handles all that has arrived before
 * it looks at its sockets again: a hundred answers that are worked off in one go would keep a hundred new requests
 * unread. So operations go on one at a time, for some milliseconds in each turn of the loop; those under way come before
 * those that are yet to begin.
 */
export interface Turns {
  /** Resolves when an operation under way may go on. */
  next(): Promise<void>;
  /** To be called when an operation may be ready to begin. */
  wake(): void;
  /** To be called for each new connection. */
  noteConnection(): void;
  /** How long the present turn of the loop has lasted; what is read in it has waited for at least that long. In ms. */
  elapsedMs(): number;
}

/**
 * @param beginOperation begins an operation where one waits and may begin; @returns whether it did
 * @param onFullTurn told when the time of a turn is used up
 */
export function createTurns(beginOperation: () => boolean, onFullTurn: () => void): Turns {
  const waiting: (() => void)[] = [];
  let isRunning = false;
  let turnBeganMs: number | undefined;
  let hasNewConnection = false;

  function noteTurn(): number {
    if (turnBeganMs === undefined) {
      turnBeganMs = performance.now();
      setImmediate(() => (turnBeganMs = undefined));
    }
    return turnBeganMs;
  }

  function wake(): void {
    if (isRunning) return;
    isRunning = true;
    setImmediate(run, performance.now());
  }

  function run(pausedMs: number): void {
    const nowMs = performance.now();
    if (!hasNewConnection || nowMs - pausedMs > acceptMs) return step(nowMs);
    hasNewConnection = false;
    setImmediate(run, pausedMs);
  }

  function step(beganMs: number): void {
    const nowMs = performance.now();
    if (nowMs - beganMs > workMs) {
      onFullTurn();
      setImmediate(run, nowMs);
      return;
    }
    const goOn = waiting.shift();
    if (goOn !== undefined) goOn();
    else if (!beginOperation()) {
      isRunning = false;
      return;
    }
    // A microtask that queues a tick: Node.js runs it when everything is done that the operation does at once.
    queueMicrotask(() => process.nextTick(step, beganMs));
  }

  return {
    next() {
      noteTurn();
      wake();
      return new Promise((resolve) => void waiting.push(resolve));
    },
    wake,
    noteConnection: () => void (hasNewConnection = true),
    elapsedMs: () => performance.now() - noteTurn(),
  };
}
