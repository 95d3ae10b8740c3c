import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  mergeUsage,
  normalUsage,
  providerUsage,
  type Buckets,
  type Counting,
} from '../../src/dialects/usage';
import type { Json } from '../../src/model/value';

describe('normal form', () => {
  test.each<[string, Buckets, Counting, Buckets | undefined]>([
    ['nothing is nothing', {}, {}, undefined],
    ['zero is something', { output: 0 }, {}, { output: 0, total: 0 }],
    ['total is a sum', { input: 3, output: 4 }, {}, { input: 3, output: 4, total: 7 }],
    [
      'a larger total stays',
      { input: 3, output: 4, total: 9 },
      {},
      { input: 3, output: 4, total: 9 },
    ],
    [
      'a smaller one is wrong',
      { input: 3, output: 4, total: 3 },
      {},
      { input: 3, output: 4, total: 7 },
    ],
    [
      'cached tokens are part of the input',
      { input: 10, cacheRead: 4, cacheWrite: 2 },
      {},
      { input: 10, cacheRead: 4, cacheWrite: 2, total: 10 },
    ],
    [
      'but for those who leave them out',
      { input: 10, cacheRead: 4, cacheWrite: 2 },
      { inputExcludesCache: true },
      { input: 16, cacheRead: 4, cacheWrite: 2, total: 16 },
    ],
    [
      'more cached than input was left out',
      { input: 3, cacheRead: 900 },
      {},
      { input: 903, cacheRead: 900, total: 903 },
    ],
    [
      'more reasoning than output was left out',
      { output: 3, reasoning: 40 },
      {},
      { output: 43, reasoning: 40, total: 43 },
    ],
    ['nonsense is absent', { input: -1, output: NaN, total: Infinity }, {}, undefined],
  ])('%s', (...[, buckets, counting, expected]) => {
    expect(normalUsage(buckets, counting)).toEqual(expected);
  });

  test('parts never exceed the whole, and the normal form is its own normal form', () => {
    const count = fc.option(fc.nat(10_000), { nil: undefined });
    const buckets = fc.record({
      ...{ input: count, output: count, total: count },
      ...{ cacheRead: count, cacheWrite: count, reasoning: count },
    });
    fc.assert(
      fc.property(buckets, fc.boolean(), (reported, inputExcludesCache) => {
        const usage = normalUsage(reported, { inputExcludesCache });
        if (!usage) return;
        const { input, output, cacheRead = 0, cacheWrite = 0, reasoning = 0, total = 0 } = usage;
        if (input !== undefined) expect(cacheRead + cacheWrite).toBeLessThanOrEqual(input);
        if (output !== undefined) expect(reasoning).toBeLessThanOrEqual(output);
        expect(total).toBeGreaterThanOrEqual((input ?? 0) + (output ?? 0));
        expect(normalUsage(usage)).toEqual(usage);
      }),
    );
  });
});

describe('what providers report', () => {
  const all = { input: 100, output: 20, cacheRead: 60, reasoning: 5, total: 120 };
  test.each<[string, Json, Buckets | undefined]>([
    [
      'OpenAI chat completions',
      {
        ...{ prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 },
        prompt_tokens_details: { cached_tokens: 60, audio_tokens: 0 },
        completion_tokens_details: { reasoning_tokens: 5 },
      },
      all,
    ],
    [
      'OpenAI responses',
      {
        ...{ input_tokens: 100, output_tokens: 20, total_tokens: 120 },
        input_tokens_details: { cached_tokens: 60 },
        output_tokens_details: { reasoning_tokens: 5 },
      },
      all,
    ],
    [
      'the Agents SDK in JavaScript',
      {
        ...{ inputTokens: 100, outputTokens: 20, totalTokens: 120 },
        inputTokensDetails: { cachedTokens: 60 },
        outputTokensDetails: { reasoningTokens: 5 },
      },
      all,
    ],
    [
      'Anthropic',
      {
        ...{ input_tokens: 30, output_tokens: 20 },
        ...{ cache_read_input_tokens: 60, cache_creation_input_tokens: 10 },
      },
      { input: 100, output: 20, cacheRead: 60, cacheWrite: 10, total: 120 },
    ],
    [
      'Gemini',
      {
        ...{ promptTokenCount: 100, candidatesTokenCount: 15, thoughtsTokenCount: 5 },
        ...{ cachedContentTokenCount: 60, totalTokenCount: 120 },
      },
      all,
    ],
    [
      'LangChain',
      {
        ...{ input_tokens: 100, output_tokens: 20, total_tokens: 120 },
        input_token_details: { cache_read: 60 },
        output_token_details: { reasoning: 5 },
      },
      all,
    ],
    ['numbers as text', { prompt_tokens: '100' }, { input: 100, total: 100 }],
    ['one number under two names', { prompt_tokens: 7, input_tokens: 7 }, { input: 7, total: 7 }],
    ['no object', 'many', undefined],
    ['null', null, undefined],
  ])('%s', (_, json, expected) => {
    expect(providerUsage(json)).toEqual(expected);
  });
});

test('two readings complete each other bucket by bucket', () => {
  expect(mergeUsage({ input: 100, output: 20, total: 120 }, { input: 90, cacheRead: 60 })).toEqual({
    ...{ input: 100, output: 20, cacheRead: 60, total: 120 },
  });
  expect(mergeUsage(undefined, { input: 1 })).toEqual({ input: 1 });
  expect(mergeUsage(undefined, undefined)).toBeUndefined();
});
