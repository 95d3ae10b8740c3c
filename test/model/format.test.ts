import { expect, test } from 'vitest';
import {
  describeCost,
  describeUsage,
  formatBytes,
  formatCost,
  formatCount,
  formatDuration,
  totalTokens,
} from '../../src/model/format';

test.each([
  ...[
    [0, '0 µs'],
    [999, '999 µs'],
    [1000, '1 ms'],
    [1250, '1.3 ms'],
    [9_949, '9.9 ms'],
  ],
  ...[
    [12_400, '12 ms'],
    [999_400, '999 ms'],
    [999_600, '1.00 s'],
    [1_240_000, '1.24 s'],
  ],
  ...[
    [12_340_000, '12.3 s'],
    [59_990_000, '60.0 s'],
    [185_000_000, '3 m 05 s'],
  ],
  ...[[7_860_000_000, '2 h 11 m']],
] as [number, string][])('%d µs is %s', (microseconds, text) => {
  expect(formatDuration(microseconds)).toBe(text);
});

test.each([
  ...[
    [0, '$0'],
    [0.0000001, '<$0.000001'],
    [0.00042, '$0.00042'],
    [0.013, '$0.013'],
  ],
  ...[
    [0.5, '$0.5'],
    [1.239, '$1.24'],
    [1234.5, '$1234.50'],
  ],
] as [number, string][])('%d dollars are %s', (dollars, text) => {
  expect(formatCost(dollars)).toBe(text);
});

test('counts, bytes and tokens', () => {
  expect([5, 9999, 12_345, 1_250_000].map(formatCount)).toEqual(['5', '9999', '12.3k', '1.3M']);
  expect([12, 1500, 2_500_000].map(formatBytes)).toEqual(['12 B', '1.5 KB', '2.5 MB']);
  expect(totalTokens({ input: 3, output: 4 })).toBe(7);
  expect(totalTokens({ cacheRead: 1 })).toBeUndefined();
  expect(describeUsage({ input: 1204, cacheRead: 512, output: 88, reasoning: 24 })).toBe(
    '1,204 in (512 cached) · 88 out (24 reasoning)',
  );
});

test('a cost that leaves calls out is a lower bound, an unknown one is not zero', () => {
  expect(describeCost({ total: 0.5 }, 0)).toBe('$0.5');
  expect(describeCost({ total: 0.5 }, 2)).toBe('≥ $0.5');
  expect(describeCost(undefined, 2)).toBeUndefined();
});
