import { describe, expect, test } from 'vitest';
import {
  formatCost,
  formatCount,
  formatDuration,
  formatExact,
  formatSize,
  formatTime,
  plural,
} from '../../src/model/format';

const second = 1_000_000;

test.each([
  [0, '0 ms'],
  [-5, '0 ms'],
  [7, '7 µs'],
  [999, '999 µs'],
  [1_000, '1 ms'],
  [1_234, '1.23 ms'],
  [12_345, '12.3 ms'],
  [345_678, '346 ms'],
  [999_499, '999 ms'],
  [999_500, '1 s'],
  [1.5 * second, '1.5 s'],
  [10 * second, '10 s'],
  [59.94 * second, '59.9 s'],
  [59.96 * second, '1m 00s'],
  [61 * second, '1m 01s'],
  [119.7 * second, '2m 00s'],
  [3_600 * second, '1h 00m'],
  [49 * 3_600 * second, '2d 01h'],
])('a duration of %d µs reads %s', (microseconds, text) => {
  expect(formatDuration(microseconds)).toBe(text);
});

test.each([
  [0, '0'],
  [9_999, '9,999'],
  [12_345, '12.3k'],
  [999_499, '999k'],
  [999_500, '1M'],
  [4_260_000, '4.26M'],
  [2e9, '2B'],
])('a count of %d reads %s', (count, text) => {
  expect(formatCount(count)).toBe(text);
});

test.each([
  [0, '$0'],
  [0.000_01, '<$0.0001'],
  [0.000_56, '$0.0006'],
  [0.0123, '$0.0123'],
  [0.25, '$0.25'],
  [12.345, '$12.35'],
  [1234.5, '$1,235'],
])('%d dollars read %s', (dollars, text) => {
  expect(formatCost(dollars)).toBe(text);
});

describe('the rest', () => {
  test('sizes', () => {
    expect([10, 2048, 1_000_000, 3 * 1024 * 1024].map(formatSize)).toEqual([
      '10 B',
      '2 KB',
      '977 KB',
      '3 MB',
    ]);
  });

  test('exact numbers and plurals', () => {
    expect(formatExact(1234567)).toBe('1,234,567');
    expect([plural(1, 'error'), plural(2000, 'error')]).toEqual(['1 error', '2,000 errors']);
  });

  test('a moment, to the millisecond; no moment at all', () => {
    const moment = new Date(2026, 1, 3, 4, 5, 6, 7).getTime() * 1000;
    expect(formatTime(moment)).toBe('2026-02-03 04:05:06.007');
    expect(formatTime(Infinity)).toBe('unknown time');
  });
});
