import { commonExamples } from './examples/common.ts';
import { croExamples } from './examples/cro.ts';
import { elevateExamples } from './examples/elevate.ts';
import { errorExamples } from './examples/errors.ts';
import type { Example } from './examples/example.ts';
import { listExamples } from './examples/lists.ts';
import { sage200Examples } from './examples/sage200.ts';

export type { Example } from './examples/example.ts';

/** The worked queries that the page opens with, in the order of its tabs. */
export const examples: readonly Example[] = [
  ...commonExamples,
  ...listExamples,
  ...elevateExamples,
  ...sage200Examples,
  ...croExamples,
  ...errorExamples,
];
