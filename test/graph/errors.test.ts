import { expect, it } from '@jest/globals';
import { badUserInput } from '../../src/graph/errors.ts';

it('a mistake of the caller has no stack, and others keep theirs', () => {
  expect(badUserInput('not an id').stack).toBe('GraphQLError: not an id');
  expect(new Error('ours').stack).toMatch(/\n {4}at /);
});
