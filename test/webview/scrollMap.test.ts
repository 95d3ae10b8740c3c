import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  heightLimit,
  lastOffset,
  offsetShowing,
  scrollMapOf,
  toOffset,
  toScrollTop,
} from '../../webview/trace/scrollMap';
import { offsetOfAnchor, placedRows } from '../../webview/trace/viewport';

const rowHeight = 22;
const maps = fc
  .tuple(fc.integer({ min: 0, max: 5_000_000 }), fc.integer({ min: 50, max: 2000 }))
  .map(([rows, viewport]) => scrollMapOf(rows, rowHeight, viewport));

describe('the scroll map', () => {
  test('is the identity while the rows fit', () => {
    const map = scrollMapOf(100_000, rowHeight, 700);
    expect(toOffset(map, 1234)).toBe(1234);
    expect(toScrollTop(map, 1234)).toBe(1234);
  });

  test('never asks for more than the limit, and reaches both ends', () => {
    fc.assert(
      fc.property(maps, (map) => {
        expect(map.physical).toBeLessThanOrEqual(heightLimit);
        expect(toOffset(map, 0)).toBe(0);
        expect(toOffset(map, map.physical - map.viewport)).toBeCloseTo(lastOffset(map), 3);
        expect(toScrollTop(map, lastOffset(map))).toBeCloseTo(
          Math.max(0, map.physical - map.viewport),
          3,
        );
      }),
    );
  });

  test('goes there and back', () => {
    fc.assert(
      fc.property(maps, fc.double({ min: 0, max: 1, noNaN: true }), (map, share) => {
        const offset = share * lastOffset(map);
        expect(toOffset(map, toScrollTop(map, offset))).toBeCloseTo(offset, 1);
      }),
    );
  });

  test('scrolls no further than a row needs', () => {
    const map = scrollMapOf(1000, rowHeight, 100);
    const row = { top: 220, height: rowHeight };
    expect(offsetShowing(map, row, 200)).toBe(200);
    expect(offsetShowing(map, row, 300)).toBe(220);
    expect(offsetShowing(map, row, 0)).toBe(142);
  });
});

describe('the rows drawn', () => {
  const draw = (rows: number, offset: number, kept = -1) => {
    const visible = Uint32Array.from({ length: rows }, (_, row) => row);
    return placedRows({ visible, rowHeight, map: scrollMapOf(rows, rowHeight, 440), offset, kept });
  };

  test('cover the viewport without a gap, wherever it stands', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 900_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (rows, share) => {
          const map = scrollMapOf(rows, rowHeight, 440);
          const offset = share * lastOffset(map);
          const drawn = draw(rows, offset);
          const top = toScrollTop(map, offset);
          expect(drawn.length).toBeLessThan(60);
          expect(drawn[0]?.top).toBeLessThanOrEqual(top + 0.01);
          const last = drawn.at(-1);
          const bottom = Math.min(top + map.viewport, map.physical);
          expect((last?.top ?? 0) + rowHeight).toBeGreaterThanOrEqual(bottom - 0.01);
        },
      ),
      { numRuns: 30 },
    );
  });

  test('the row that has the focus is drawn wherever it lies', () => {
    const far = draw(1000, 0, 900).at(-1);
    expect(far).toEqual({ row: 900, at: 900, top: 900 * rowHeight });
    expect(draw(1000, 900 * rowHeight, 905).filter(({ row }) => row === 905)).toHaveLength(1);
    expect(draw(10, 0, 4)).toHaveLength(10);
  });

  test('an anchor keeps its distance from the top', () => {
    const map = scrollMapOf(1000, rowHeight, 440);
    expect(offsetOfAnchor(map, 2200, { spanId: '', below: 100 })).toBe(2100);
    expect(offsetOfAnchor(map, 50, { spanId: '', below: 100 })).toBe(0);
  });
});
