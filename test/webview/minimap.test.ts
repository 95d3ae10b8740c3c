import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toColumns } from '../../src/model/columns';
import { observationKinds } from '../../src/model/observation';
import { lineOf, minimapPixels, rowAtLine } from '../../webview/trace/minimapPixels';
import { keyedRange, pan, within, zoom } from '../../webview/trace/timeRange';
import { largeTrace, observation } from './harness/traces';

const kinds = Uint32Array.from(observationKinds, (_, index) => index + 1);
const style = { width: 20, height: 12, kinds, error: 99 };

/** One character a pixel: `.` for none, the index of the kind, `E` for a failure. */
function picture(rows: readonly Parameters<typeof observation>[0][], end: number): string[] {
  const columns = toColumns(rows.map((row) => ({ ...observation(row), ai: true })));
  const pixels = new Uint32Array(minimapPixels(columns, end, style).buffer);
  return Array.from({ length: style.height }, (_, line) =>
    [...pixels.subarray(line * style.width, (line + 1) * style.width)]
      .map((pixel) => (pixel === 0 ? '.' : pixel === style.error ? 'E' : String(pixel - 1)))
      .join(''),
  );
}

describe('the picture of a trace', () => {
  test('rows from top to bottom, time from left to right', () => {
    const lines = picture(
      [
        { from: 0, to: 20, kind: 'agent' },
        { from: 5, to: 10, kind: 'generation' },
        { from: 12, to: 13, kind: 'tool', status: 'error' },
      ],
      20_000,
    );
    expect([lines[0], lines[4], lines[8]]).toEqual([
      '00000000000000000000',
      '.....11111..........',
      '............EEE.....',
    ]);
  });

  test('what runs reaches to the edge, and what lies at the edge is still seen', () => {
    const lines = picture(
      [
        { from: 0, to: 1 },
        { from: 5, kind: 'generation' },
        { from: 20, to: 20, status: 'error' },
      ],
      20_000,
    );
    expect(lines[4]).toBe(`.....${'1'.repeat(15)}`);
    expect(lines[8]?.endsWith('EEE')).toBe(true);
  });

  test('of a hundred thousand rows no failure is left out', () => {
    const { columns } = largeTrace(100_000).view;
    const size = { ...style, width: 600, height: 36 };
    const pixels = new Uint32Array(minimapPixels(columns, 400_000_000, size).buffer);
    columns.status.forEach((status, row) => {
      if (status !== 2) return;
      const line = Math.min(lineOf(row, columns.count, size.height), size.height - 3) * size.width;
      const left = Math.floor(((columns.start[row] ?? 0) * size.width) / 400_000_000);
      expect(pixels[line + Math.min(left, size.width - 3)]).toBe(99);
    });
  });

  test('a line leads back to a row on it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), fc.nat(4999), (count, nth) => {
        const row = nth % count;
        const line = lineOf(row, count, 36);
        expect(lineOf(rowAtLine(line, count, 36), count, 36)).toBeLessThanOrEqual(line);
        expect(Math.abs(rowAtLine(line, count, 36) - row)).toBeLessThanOrEqual(count / 36 + 1);
      }),
    );
  });
});

describe('the range of time that shows', () => {
  const whole = { from: 0, to: 1000 };

  test.each([
    [
      { from: 100, to: 200 },
      { from: 100, to: 200 },
    ],
    [
      { from: -50, to: 50 },
      { from: 0, to: 100 },
    ],
    [
      { from: 950, to: 1050 },
      { from: 900, to: 1000 },
    ],
    [{ from: -10, to: 1010 }, undefined],
    [
      { from: 500, to: 500 },
      { from: 500, to: 510 },
    ],
  ])('%j stays inside', (range, kept) => {
    expect(within(range, whole)).toEqual(kept);
  });

  test.each([
    ['ArrowRight', { from: 410, to: 510 }],
    ['ArrowLeft', { from: 390, to: 490 }],
    ['PageDown', { from: 500, to: 600 }],
    ['PageUp', { from: 300, to: 400 }],
    ['Home', { from: 0, to: 100 }],
    ['End', { from: 900, to: 1000 }],
    ['-', { from: 375, to: 525 }],
    ['0', undefined],
  ])('%s', (key, range) => {
    expect(keyedRange(key, { from: 400, to: 500 }, whole)).toEqual({ range });
  });

  test('other keys are left to others', () => {
    expect(keyedRange('x', whole, whole)).toBeUndefined();
  });

  test('zooming keeps the moment under the pointer, and back again is where it was', () => {
    const range = { from: 100, to: 300 };
    expect(zoom(range, 0.5, 150)).toEqual({ from: 125, to: 225 });
    expect(zoom(zoom(range, 0.5, 150), 2, 150)).toEqual(range);
    expect(pan(pan(range, 0.5), -0.5)).toEqual(range);
  });
});
