import { afterEach, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { readCounter } from '../support/metrics.ts';
import { askFor, counterCases, good, source, status } from './support/counter-cases.ts';
import { closeAll, startProduct, startSilentStub } from './support/leaving.ts';

afterEach(closeAll);

describe('is counted:', () => {
  it.each(counterCases)('$what', async (counterCase) => {
    const {
      answer = good,
      settings,
      server,
      act = (asked) => askFor(asked),
      counter,
      labels = {},
      count = 1,
    } = counterCase;
    const stub = await startSilentStub(answer);
    const product = await startProduct(stub, settings, server);
    expect(await readCounter(product.url, counter, labels)).toBe(0);
    await act(product, stub);
    expect(await readCounter(product.url, counter, labels)).toBe(count);
  });
});

it('the state of the breaker is shown: closed, open, closed again', async () => {
  let isDown = true;
  const stub = await startSilentStub((response, count) => (isDown ? status(500) : good)(response, count));
  const product = await startProduct(stub, { breaker: { minCalls: 1, openMs: 500 } });
  const readState = () => readCounter(product.url, 'breaker_state', source);
  expect(await readState()).toBe(0);
  await askFor(product);
  expect(await readState()).toBe(2);
  isDown = false;
  await sleep(550);
  await askFor(product);
  expect(await readState()).toBe(0);
});

it('no label holds anything but names of sources, codes and words', async () => {
  const stub = await startSilentStub(status(500));
  const product = await startProduct(stub);
  await product.query('{ customer(id: "elevate:987654321") { name } customers(first: 3) { nodes { id } } }');
  const text = await (await fetch(`${product.url}/metrics`)).text();
  const values = [...text.matchAll(/\w+="([^"]*)"/g)].map(([, value = '']) => value);
  expect(values.length).toBeGreaterThan(10);
  expect(values.filter((value) => !/^([a-z0-9]*|[A-Z_]+|[\d.]+|\+Inf)$/.test(value))).toEqual([]);
  expect(text).not.toMatch(/987654321|127\.0\.0\.1|test-token|customers\?/);
});
