import { readFileSync } from 'node:fs';
import { calcPrice } from '@pydantic/genai-prices';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { costOf, pricesVersion, setPriceOverrides } from '../../src/dialects/prices';

const time = Date.UTC(2026, 5, 1) * 1000;
const call = (model: string | undefined, provider?: string) => ({
  ...{ models: [undefined, model], provider, time },
  usage: { input: 1000, output: 100, cacheRead: 400 },
});

afterEach(() => setPriceOverrides({}));

test('the version names the release whose data is used', () => {
  const path = 'node_modules/@pydantic/genai-prices/package.json';
  const { version } = JSON.parse(readFileSync(path, 'utf8')) as { version: string };
  expect(pricesVersion).toBe(`genai-prices ${version}`);
});

test('a known model has its price, cached tokens theirs', () => {
  const cost = costOf(call('gpt-5-mini', 'openai'));
  expect(cost?.input).toBeCloseTo((600 * 0.25 + 400 * 0.025) / 1e6, 12);
  expect(cost?.output).toBeCloseTo((100 * 2) / 1e6, 12);
  expect(cost?.total).toBeCloseTo((cost?.input ?? 0) + (cost?.output ?? 0), 12);
});

test.each([
  ['an unknown model', call('no-such-model')],
  ['no model', call(undefined)],
  ['no tokens', { ...call('gpt-5-mini'), usage: { cacheRead: 3 } }],
])('%s has no cost rather than none', (_, unknown) => {
  expect(costOf(unknown)).toBeUndefined();
});

test('a part that was not reported has no cost', () => {
  const usage = { input: 1000 };
  for (const model of ['gpt-5-mini', 'gemini-2.5-pro']) {
    expect(costOf({ ...call(model), usage })).not.toHaveProperty('output');
  }
});

test('a provider the library does not know is no hindrance', () => {
  expect(costOf(call('gpt-5-mini', 'my-gateway'))).toEqual(costOf(call('gpt-5-mini')));
});

test('counts that contradict each other never throw', () => {
  for (const model of ['gemini-2.5-pro', 'gpt-5-mini']) {
    const usage = { input: 10, output: 1, cacheRead: 500 };
    expect(() => costOf({ ...call(model), usage })).not.toThrow();
  }
});

test('own prices come first, by name or pattern, and change the version', () => {
  setPriceOverrides({
    'gpt-5-*': { input: 1, output: 2, cacheRead: 0.5 },
    local: { input: 0, output: 0 },
  });
  expect(costOf(call('gpt-5-mini'))).toEqual({ input: 0.0008, output: 0.0002, total: 0.001 });
  expect(costOf(call('local'))).toEqual({ input: 0, output: 0, total: 0 });
  expect(costOf(call('gpt-4x5-mini'))).toBeUndefined();
  expect(pricesVersion).toContain('gpt-5-*');
});

test('the quick way gives what the library gives', () => {
  const tokens = fc.integer({ min: 0, max: 400_000 });
  const models = fc.constantFrom(
    ...['gpt-5-mini', 'gpt-4o', 'claude-sonnet-4-5', 'gemini-2.5-pro', 'deepseek-chat', 'o3'],
  );
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(fc.record({ model: models, input: tokens, output: tokens, share }), (sample) => {
      const { model, input, output } = sample;
      const cacheRead = Math.floor(input * sample.share);
      const theirs = calcPrice(
        { input_tokens: input, output_tokens: output, cache_read_tokens: cacheRead },
        model,
        { timestamp: new Date(time / 1000) },
      );
      const usage = { input, output, cacheRead };
      const ours = costOf({ models: [model], provider: undefined, usage, time });
      expect(ours?.total).toBeCloseTo(theirs?.total_price ?? NaN, 9);
    }),
  );
});
