import fc from 'fast-check';
import { expect, test } from 'vitest';
import { spanIdAt, toColumns } from '../../src/model/columns';
import type { ObservationSummary } from '../../src/model/observation';

interface Raw {
  readonly id: number;
  readonly parent: number | null;
  readonly at: number;
}

const idOf = (id: number) => id.toString(16).padStart(16, '0');

function columnsOf(raw: readonly Raw[]) {
  return toColumns(
    raw.map(({ id, parent, at }): ObservationSummary => ({
      ...{ traceId: '1'.repeat(32), spanId: idOf(id), kind: 'span', name: 'x', level: 'info' },
      ...{ startTime: at, endTime: at + 1, status: 'ok', ai: true },
      parentSpanId: parent === null ? undefined : idOf(parent),
    })),
  );
}

const anyRows = fc.array(
  fc.record({ id: fc.nat(12), parent: fc.option(fc.nat(14)), at: fc.nat(5) }),
  { maxLength: 16 },
);

test('whatever came (cycles, lost parents, doubles): every span once, parents first, subtrees together', () => {
  fc.assert(
    fc.property(anyRows, (raw) => {
      const columns = columnsOf(raw);
      const ids = Array.from({ length: columns.count }, (_, row) => spanIdAt(columns, row));
      expect([...ids].sort()).toEqual([...new Set(raw.map(({ id }) => idOf(id)))].sort());
      for (let row = 0; row < columns.count; row++) {
        const parent = columns.parent[row] ?? -1;
        expect(parent).toBeLessThan(row);
        expect(columns.depth[row]).toBe(parent < 0 ? 0 : (columns.depth[parent] ?? 0) + 1);
        if (parent >= 0) expect(row).toBeLessThan(parent + (columns.subtree[parent] ?? 0));
      }
    }),
    { numRuns: 500 },
  );
});

test('the order of arrival is not seen', () => {
  const unique = fc.uniqueArray(
    fc.record({ id: fc.nat(12), parent: fc.option(fc.nat(14)), at: fc.nat(5) }),
    { maxLength: 13, selector: ({ id }) => id },
  );
  fc.assert(
    fc.property(unique, (raw) => {
      expect(columnsOf([...raw].reverse())).toEqual(columnsOf(raw));
    }),
  );
});

test('siblings stand by their start, and a cycle hangs below its earliest', () => {
  const columns = columnsOf([
    { id: 1, parent: null, at: 0 },
    { id: 2, parent: 1, at: 9 },
    { id: 3, parent: 1, at: 4 },
    { id: 4, parent: 5, at: 7 },
    { id: 5, parent: 4, at: 6 },
    { id: 6, parent: 4, at: 8 },
  ]);
  const rows = Array.from({ length: columns.count }, (_, row) => spanIdAt(columns, row).slice(-1));
  expect(rows.join('')).toBe('132546');
  expect([...columns.parent]).toEqual([-1, 0, 0, -1, 3, 4]);
  expect([...columns.orphan]).toEqual([0, 0, 0, 1, 0, 0]);
});
