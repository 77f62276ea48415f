import { hashText } from '../hash-text.ts';

/** Numbers from 0 to below 1 that look random. */
export type Random = () => number;

const stateStep = 0x6d2b79f5;

/** The same seed and stream always give the same sequence (mulberry32). */
export function createRandom(seed: number, stream: string): Random {
  let state = hashText(`${seed}/${stream}`);
  return () => {
    state = (state + stateStep) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One of `items`; undefined when there are none. */
export function chooseOne<T>(items: readonly T[], random: Random): T | undefined {
  return items[Math.floor(random() * items.length)];
}
