import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { spanIdAt, toColumns, type TraceColumns } from '../../src/model/columns';
import {
  foldedIds,
  foldedRows,
  outlineOf,
  placeOf,
  reveal,
  rowOf,
  visibleRows,
} from '../../webview/trace/outline';
import { observation } from './harness/traces';

/** A trace whose row `i` has the parent `parents[i]`, always an earlier row or none. */
function columnsOf(parents: readonly number[]): TraceColumns {
  const id = (row: number) => (row + 1).toString(16).padStart(16, '0');
  return toColumns(
    parents.map((parent, row) => ({
      ...observation({ from: row, to: row + 5 }),
      spanId: id(row),
      parentSpanId: parent < 0 ? undefined : id(parent),
      ai: true,
    })),
  );
}

const forest = fc
  .array(fc.nat(), { minLength: 1, maxLength: 60 })
  .map((numbers) => columnsOf(numbers.map((number, row) => (number % (row + 1)) - 1)));

const forestWithFolds = forest.chain((columns) =>
  fc
    .uint8Array({ minLength: columns.count, maxLength: columns.count, max: 1 })
    .map((folded) => ({ columns, folded })),
);

function ancestorsOf(columns: TraceColumns, row: number): readonly number[] {
  const parent = columns.parent[row] ?? -1;
  return parent < 0 ? [] : [parent, ...ancestorsOf(columns, parent)];
}

describe('visible rows', () => {
  test('a row shows exactly when nothing above it is folded', () => {
    fc.assert(
      fc.property(forestWithFolds, ({ columns, folded }) => {
        const expected = Array.from({ length: columns.count }, (_, row) => row).filter((row) =>
          ancestorsOf(columns, row).every((above) => folded[above] !== 1),
        );
        expect([...visibleRows(columns, folded)]).toEqual(expected);
      }),
    );
  });

  test('a hidden row has the place of its nearest shown ancestor', () => {
    fc.assert(
      fc.property(forestWithFolds, ({ columns, folded }) => {
        const visible = visibleRows(columns, folded);
        for (let row = 0; row < columns.count; row++) {
          const shown = [row, ...ancestorsOf(columns, row)].find((one) => visible.includes(one));
          expect(visible[placeOf(visible, row)]).toBe(shown);
        }
      }),
    );
  });

  test('revealing a row makes it visible, and tells whether it was not', () => {
    fc.assert(
      fc.property(forestWithFolds, fc.nat(), ({ columns, folded }, number) => {
        const row = number % columns.count;
        const hidden = !visibleRows(columns, folded).includes(row);
        expect(reveal(columns, folded, row)).toBe(hidden);
        expect(visibleRows(columns, folded)).toContain(row);
      }),
    );
  });

  test('folds survive a new set of rows', () => {
    fc.assert(
      fc.property(forestWithFolds, ({ columns, folded }) => {
        expect(foldedRows(columns, foldedIds(columns, folded))).toEqual(folded);
      }),
    );
  });
});

describe('the outline', () => {
  test('numbers siblings from one', () => {
    const { position, siblings } = outlineOf(columnsOf([-1, 0, 0, 2, -1]));
    expect([...position]).toEqual([1, 1, 2, 1, 2]);
    expect([...siblings]).toEqual([2, 2, 2, 1, 2]);
  });

  test('ends where the last row ends, and knows whether one runs', () => {
    const rows = [observation({ from: 0, to: 10 }), observation({ from: 40 })];
    const columns = toColumns(rows.map((row) => ({ ...row, ai: true })));
    expect(outlineOf(columns)).toMatchObject({ end: 40_000, running: true });
    expect(outlineOf(columnsOf([-1]))).toMatchObject({ end: 5_000, running: false });
    expect(outlineOf(toColumns([]))).toMatchObject({ end: 0, running: false });
  });
});

describe('the row of a span', () => {
  test('is found, with a right guess, a wrong one and none', () => {
    fc.assert(
      fc.property(forest, fc.nat(), fc.integer({ min: -1, max: 80 }), (columns, number, guess) => {
        const row = number % columns.count;
        expect(rowOf(columns, spanIdAt(columns, row), guess)).toBe(row);
      }),
    );
  });

  test('is never found between two ids', () => {
    const columns = {
      ...columnsOf([-1, -1]),
      spanIds: 'a'.repeat(8) + 'b'.repeat(16) + 'a'.repeat(8),
    };
    expect(rowOf(columns, 'b'.repeat(16))).toBe(-1);
    expect(rowOf(columns, '')).toBe(-1);
  });
});
