import type { Meter } from './execution/run.ts';

/** How large an answer has become, or would become. */
export interface AnswerSize {
  /** Fields, and items of lists. */
  readonly values: number;
  /** Of the answer as JSON, roughly. */
  readonly bytes: number;
}

/** Measures an answer while it is made. */
export interface AnswerMeter extends Meter {
  readonly size: AnswerSize;
}

/** An error in an answer, without its path: its message, code, source and the id of the request. */
const errorBytes = 300;

/** Making an error takes as long as making so many values. */
const errorValues = 5;

/** Tracing takes three times as long as answering, and makes the answer so much larger. */
const tracedWeight = 4;

export interface AnswerMeterOptions {
  readonly most: AnswerSize;
  /** Whether a trace of each field goes with the answer. */
  readonly isTraced: boolean;
  /** Called once, when the answer becomes larger than it may be. */
  readonly onFull: () => void;
}

export function createAnswerMeter({ most, isTraced, onFull }: AnswerMeterOptions): AnswerMeter {
  const weight = isTraced ? tracedWeight : 1;
  let values = 0;
  let bytes = 0;
  let isFull = false;

  function add(moreValues: number, moreBytes: number): void {
    values += weight * moreValues;
    bytes += weight * moreBytes;
    if (isFull || (values <= most.values && bytes <= most.bytes)) return;
    isFull = true;
    onFull();
  }

  return {
    get size() {
      return { values, bytes };
    },
    get isFull() {
      return isFull;
    },
    addValue(key, value) {
      if (Array.isArray(value)) add(1 + value.length, sizeOf(key) + value.reduce(addLength, 0));
      else add(1, sizeOf(key) + sizeOf(value));
    },
    addError(path) {
      let length = 0;
      for (let place: typeof path | undefined = path; place !== undefined; place = place.prev)
        length += sizeOf(place.key);
      add(errorValues, errorBytes + length);
    },
  };
}

function addLength(sum: number, item: unknown): number {
  return sum + sizeOf(item);
}

/** With quotes and what stands around it. */
function sizeOf(value: unknown): number {
  return typeof value === 'string' ? value.length + 4 : 4;
}
