import { expect, test } from 'vitest';
import { toColumns } from '../../src/model/columns';
import { visibleRows } from '../../webview/trace/outline';
import { stickyLimit, stickyRows } from '../../webview/trace/stickyRows';
import { observation } from './harness/traces';

/**
 * 0 root
 *   1 agent
 *     2 call
 *       3 inner
 *     4 call
 *   5 agent
 *     6 call
 * 7 other
 */
const root = observation({ from: 0, to: 90 });
const first = observation({ from: 10, to: 50, parentSpanId: root.spanId });
const call = observation({ from: 20, to: 30, parentSpanId: first.spanId });
const inner = observation({ from: 21, to: 22, parentSpanId: call.spanId });
const again = observation({ from: 40, to: 41, parentSpanId: first.spanId });
const second = observation({ from: 60, to: 80, parentSpanId: root.spanId });
const last = observation({ from: 70, to: 71, parentSpanId: second.spanId });
const other = observation({ from: 95, to: 99 });
const columns = toColumns(
  [root, first, call, inner, again, second, last, other].map((row) => ({ ...row, ai: true })),
);

/** `row@top`, with rows of ten pixels. */
function sticky(offset: number, folded: readonly number[] = [], viewport = 120): string {
  const folds = new Uint8Array(columns.count);
  for (const row of folded) folds[row] = 1;
  const visible = visibleRows(columns, folds);
  return stickyRows({ columns, visible, rowHeight: 10, offset, viewport })
    .map(({ row, top }) => `${row}@${top}`)
    .join(' ');
}

test.each<[number, string]>([
  [0, ''],
  [1, '0@0 1@10 2@20'],
  [5, '0@0 1@10 2@20'],
  [10, '0@0 1@10 2@20'],
  [11, '0@0 1@10 2@19'],
  [22, '0@0 1@10'],
  [38, '0@0 1@2'],
  [45, '0@0 5@10'],
  [65, '0@-5'],
  [70, ''],
])('scrolled by %d', (offset, rows) => {
  expect(sticky(offset)).toBe(rows);
});

test('a folded row has nothing below it to stand above', () => {
  expect(sticky(5, [0])).toBe('');
  expect(sticky(11, [1])).toBe('0@0 5@10');
});

test('never more than a third of what shows', () => {
  expect(stickyLimit(66, 22)).toBe(1);
  expect(stickyLimit(5000, 22)).toBe(7);
  expect(sticky(15, [], 30)).toBe('0@0');
});
