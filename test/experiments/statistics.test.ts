import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  fisherExact,
  pairedDifference,
  passRateOf,
  percentile,
  repeatsNeeded,
  wilson,
} from '../../src/experiments/statistics';
import { studentT95, twoSidedP } from '../../src/experiments/studentT';

const tally = (passed: number, repeats: number) => ({ passed, repeats });

describe('Fisher’s exact test, two-sided', () => {
  test.each([
    ['the lady tasting tea (Agresti, Categorical Data Analysis)', [3, 4], [1, 4], 0.4857],
    ['convictions of twins (Fisher 1935, as in R’s fisher.test)', [2, 17], [10, 13], 0.0005367],
    ['men and women studying (the common textbook table 1/9/11/3)', [1, 12], [9, 12], 0.002759],
    ['nothing differs', [5, 10], [5, 10], 1],
  ])('%s', (...[, a, b, p]) => {
    const value = fisherExact(tally(a[0] ?? 0, a[1] ?? 0), tally(b[0] ?? 0, b[1] ?? 0));
    expect(value).toBeCloseTo(p, p < 0.001 ? 7 : 4);
  });

  const tallies = fc
    .tuple(fc.nat(30), fc.nat(30))
    .map(([passed, failed]) => tally(passed, passed + failed));

  test('is a probability, whichever side is named first, and whichever outcome is called a pass', () => {
    fc.assert(
      fc.property(tallies, tallies, (a, b) => {
        const p = fisherExact(a, b);
        const turned = (t: typeof a) => tally(t.repeats - t.passed, t.repeats);
        expect(p).toBeGreaterThan(0);
        expect(p).toBeLessThanOrEqual(1);
        expect(fisherExact(b, a)).toBeCloseTo(p, 9);
        expect(fisherExact(turned(a), turned(b))).toBeCloseTo(p, 9);
      }),
    );
  });
});

test.each([
  [81, 263, 0.2553, 0.3662],
  [15, 148, 0.0624, 0.1605],
  [0, 20, 0, 0.1611],
  [1, 29, 0.0061, 0.1718],
])('Wilson’s interval of %i of %i (Newcombe 1998, table I)', (...[passed, repeats, low, high]) => {
  const interval = wilson({ passed, repeats });
  expect(interval[0]).toBeCloseTo(low, 4);
  expect(interval[1]).toBeCloseTo(high, 4);
});

test.each([
  [1, 12.7062],
  [2, 4.3027],
  [4, 2.7764],
  [9, 2.2622],
  [29, 2.0452],
  [120, 1.9799],
])('Student’s t with %i degrees of freedom (any table)', (degrees, t) => {
  expect(studentT95(degrees)).toBeCloseTo(t, 4);
});

test('the distribution of t: Student’s sleep data have p = 0.002833', () => {
  expect(twoSidedP(4.0621, 9)).toBeCloseTo(0.002833, 6);
});

test('paired differences: Student’s sleep data, as in R’s t.test', () => {
  const before = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2];
  const after = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
  const pairs = before.map((value, index) => ({ before: value, after: after[index] ?? 0 }));
  const difference = pairedDifference(pairs);
  expect(difference?.mean).toBeCloseTo(1.58, 10);
  expect(difference?.interval[0]).toBeCloseTo(0.7001142, 6);
  expect(difference?.interval[1]).toBeCloseTo(2.4598858, 6);
  expect(pairedDifference(pairs.slice(0, 1))).toBeUndefined();
});

describe('the pass rate of a run', () => {
  test('with one repeat a case is Wilson’s', () => {
    const cases = [1, 1, 1, 0, 1, 1, 0, 1].map((passed) => tally(passed, 1));
    expect(passRateOf(cases)).toEqual({ rate: 0.75, interval: wilson(tally(6, 8)) });
  });

  test('is the mean over cases, not over repeats', () => {
    expect(passRateOf([tally(1, 1), tally(0, 9)]).rate).toBe(0.5);
  });

  test('ten equal repeats of each case tell no more than one', () => {
    const once = [1, 1, 0, 1, 0, 1, 1, 1, 1, 0].map((passed) => tally(passed, 1));
    const often = once.map(({ passed }) => tally(passed * 10, 10));
    const [low, high] = passRateOf(often).interval;
    const [lowOnce, highOnce] = passRateOf(once).interval;
    expect(high - low).toBeGreaterThanOrEqual(highOnce - lowOnce);
  });

  test.each([
    ['no case', [], [0, 1]],
    ['cases that never ran', [tally(0, 0)], [0, 1]],
  ] as const)('%s proves nothing', (_, cases, interval) => {
    expect(passRateOf(cases).interval).toEqual(interval);
  });

  test('all passed is no certainty', () => {
    const [low, high] = passRateOf([tally(3, 3), tally(3, 3), tally(3, 3)]).interval;
    expect(low).toBeCloseTo(wilson(tally(3, 3))[0], 10);
    expect(high).toBe(1);
  });

  test('the interval holds the true rate about as often as it says', () => {
    const random = generator(7);
    let held = 0;
    const runs = 2000;
    for (let run = 0; run < runs; run++) {
      // Cases differ: half of them pass with 0.9, half with 0.3, so the true mean is 0.6.
      const cases = Array.from({ length: 30 }, () => {
        const rate = random() < 0.5 ? 0.9 : 0.3;
        return tally([0, 1, 2, 3].filter(() => random() < rate).length, 4);
      });
      const [low, high] = passRateOf(cases).interval;
      if (low <= 0.6 && 0.6 <= high) held++;
    }
    expect(held / runs).toBeGreaterThan(0.93);
    expect(held / runs).toBeLessThan(0.98);
  });

  test('the interval holds the rate and stays within 0 and 1', () => {
    const cases = fc.array(
      fc.tuple(fc.nat(5), fc.nat(5)).map(([passed, failed]) => tally(passed, passed + failed)),
      { minLength: 1, maxLength: 40 },
    );
    fc.assert(
      fc.property(cases, (some) => {
        const { rate, interval } = passRateOf(some);
        expect(interval[0]).toBeGreaterThanOrEqual(0);
        expect(interval[1]).toBeLessThanOrEqual(1);
        expect(interval[0]).toBeLessThanOrEqual(rate + 1e-12);
        expect(interval[1]).toBeGreaterThanOrEqual(rate - 1e-12);
      }),
    );
  });
});

describe('how many repeats more would decide', () => {
  test.each([
    ['nothing differs', [1, 1], [1, 1], undefined],
    ['one against one: 1 / (n + 1) < 0.05 at n = 20', [1, 1], [0, 1], 19],
    ['five against five is decided', [5, 5], [0, 5], 0],
    ['a difference too small to be worth it', [500, 1000], [501, 1000], undefined],
  ])('%s', (...[, before, now, more]) => {
    const [a, b] = [before, now].map(([passed = 0, repeats = 0]) => tally(passed, repeats));
    expect(repeatsNeeded(a!, b!)).toBe(more);
  });

  test('so many decide and one less does not', () => {
    const needed = repeatsNeeded(tally(4, 4), tally(0, 1)) ?? 0;
    expect(fisherExact(tally(4, 4), tally(0, 1 + needed))).toBeLessThan(0.05);
    expect(fisherExact(tally(4, 4), tally(0, needed))).toBeGreaterThanOrEqual(0.05);
  });
});

test('percentiles are values that occurred', () => {
  const values = [15, 20, 35, 40, 50];
  expect([0.05, 0.3, 0.4, 0.5, 1].map((share) => percentile(values, share))).toEqual([
    15, 20, 20, 35, 50,
  ]);
  expect(percentile([], 0.95)).toBeUndefined();
});

/** A small random generator with a seed (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
