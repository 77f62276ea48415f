import { afterEach, describe, expect, it } from '@jest/globals';
import { closeAll, createScope, createTestClient, secrets, startStub, transports } from './test-client.ts';

afterEach(closeAll);

describe.each(transports)('a call that cannot be sent, by %s', (transport) => {
  it('is no outage: it is not retryable, not made again, and nothing to the breaker', async () => {
    const api = await startStub(() => ({ body: [1] }));
    // What no check of the settings has seen.
    const client = createTestClient(
      api.url,
      transport,
      { breaker: { minCalls: 1, failureRatio: 0.05 } },
      { 'x-key': `${secrets.header}\u200B` },
    );
    for (let index = 0; index < 5; index += 1) {
      const failure = await client.readFailure(undefined, createScope({ deadlineMs: Date.now() + 5_000 }));
      expect(failure).toMatchObject({
        code: 'UPSTREAM_REJECTED',
        message: 'Stub CRM (source "north") cannot be asked this: the call cannot be sent.',
        retryable: false,
        isUnsent: true,
      });
      expect(failure.reason).toMatch(/^the call cannot be sent \(/);
    }
    expect(api.calls).toEqual([]);
    expect(client.events.filter((event) => /^\["(retried|breakerChanged)"/.test(event))).toEqual([]);
  });
});

describe("a caller's credentials", () => {
  it.each([
    ['a control character', 'Bearer a\u0007b', 'a control character (U+0007) at position 9'],
    ['a letter beyond ASCII', 'Bearer \u00E9', 'a character beyond ASCII at position 8'],
  ])('with %s make no call', async (_what, value, found) => {
    const api = await startStub(() => ({ body: [1] }));
    const client = createTestClient(api.url, 'undici', { auth: { type: 'forward' } });
    const scope = createScope({ callerHeader: () => value });
    await expect(client.readFailure(undefined, scope)).resolves.toMatchObject({
      code: 'UPSTREAM_UNAUTHORIZED',
      retryable: false,
      message: `Stub CRM (source "north") needs credentials that can be passed on: the header x-north-authorization has ${found}.`,
    });
    expect(api.calls).toEqual([]);
  });

  it('lose the white space around them', async () => {
    const api = await startStub(() => ({ body: [1] }));
    const client = createTestClient(api.url, 'undici', { auth: { type: 'forward' } });
    await client.read(undefined, createScope({ callerHeader: () => ' \tBearer a.b\r\n' }));
    expect(api.requests[0]?.headers.authorization).toBe('Bearer a.b');
  });
});
