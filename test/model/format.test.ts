import { expect, test } from 'vitest';
import { describeCost, describeUsage, totalTokens } from '../../src/model/format';

test('tokens', () => {
  expect(totalTokens({ input: 3, output: 4 })).toBe(7);
  expect(totalTokens({ input: 3, output: 4, total: 9 })).toBe(9);
  expect(totalTokens({ cacheRead: 1 })).toBeUndefined();
  expect(totalTokens(undefined)).toBeUndefined();
  expect(describeUsage({ input: 1204, cacheRead: 512, output: 88, reasoning: 24 })).toBe(
    '1,204 in (512 cached) · 88 out (24 reasoning)',
  );
});

test('a cost that leaves calls out is a lower bound, an unknown one is not zero', () => {
  expect(describeCost({ total: 0.5 }, 0)).toBe('$0.50');
  expect(describeCost({ total: 0.5 }, 2)).toBe('≥ $0.50');
  expect(describeCost(undefined, 2)).toBeUndefined();
});
