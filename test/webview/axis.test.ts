import fc from 'fast-check';
import { expect, test } from 'vitest';
import { axisTicks, barOf } from '../../webview/trace/axis';

const second = 1_000_000;
const timesOf = (end: number, width: number) =>
  axisTicks({ from: 0, to: end }, width).map(({ time }) => time);

test.each([
  [6.48 * second, 250, [0, 2, 4, 6].map((time) => time * second)],
  [90 * second, 300, [0, 20, 40, 60, 80].map((time) => time * second)],
  [400 * second, 250, [0, 120, 240, 360].map((time) => time * second)],
  [0, 250, [0]],
  [second, 10, [0]],
])('an axis of %d µs over %d pixels', (end, width, times) => {
  expect(timesOf(end, width)).toEqual(times);
});

test('ticks are never closer than the gap, and few', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 10 ** 15 }),
      fc.integer({ min: 60, max: 3000 }),
      (end, width) => {
        const ticks = axisTicks({ from: 0, to: end }, width);
        const [first, second] = ticks;
        expect(ticks.length).toBeLessThanOrEqual(width / 56 + 2);
        if (first && second) expect((second.at - first.at) * width).toBeGreaterThanOrEqual(55.9);
        expect(ticks.every(({ at }) => at >= 0 && at <= 1)).toBe(true);
      },
    ),
  );
});

test('a bar stays on the axis, whatever it claims', () => {
  fc.assert(
    fc.property(
      fc.double({ min: -1e9, max: 1e12, noNaN: true }),
      fc.double({ min: -1, max: 1e12, noNaN: true }),
      fc.double({ min: 0, max: 1e9, noNaN: true }),
      (start, duration, end) => {
        const { left, width } = barOf(start, duration, { from: 0, to: end });
        expect(left).toBeGreaterThanOrEqual(0);
        expect(width).toBeGreaterThanOrEqual(0);
        expect(left + width).toBeLessThanOrEqual(1.000_001);
      },
    ),
  );
});

test('a running bar reaches to the end', () => {
  expect(barOf(25, -1, { from: 0, to: 100 })).toEqual({ left: 0.25, width: 0.75, shown: true });
});

test.each([
  [30, 40, { left: 0, width: 1, shown: true }],
  [10, 20, { left: 0, width: 0, shown: false }],
  [70, 20, { left: 1, width: 0, shown: false }],
  [50, -1, { left: 0.5, width: 0.5, shown: true }],
  [55, 0, { left: 0.75, width: 0, shown: true }],
])('in 40 to 60 a bar from %d for %d', (start, duration, bar) => {
  expect(barOf(start, duration, { from: 40, to: 60 })).toEqual(bar);
});

test('ticks of a part stand at round times', () => {
  const ticks = axisTicks({ from: 1.3 * second, to: 2.5 * second }, 300);
  expect(ticks.map(({ time }) => time)).toEqual([1.5, 2, 2.5].map((time) => time * second));
  expect(ticks[0]?.at).toBeCloseTo(0.2 / 1.2);
});
