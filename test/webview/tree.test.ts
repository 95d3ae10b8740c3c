import { describe, expect, test } from 'vitest';
import { toColumns } from '../../src/model/columns';
import { findRows, highlight, nextMatch } from '../../webview/trace/find';
import { visibleRows } from '../../webview/trace/outline';
import { treeAction, type TreeAction } from '../../webview/trace/treeKeys';
import { observation } from './harness/traces';

/**
 * 0 root
 *   1 agent (gpt)
 *     2 tool
 *   3 agent
 * 4 other
 */
const root = observation({ from: 0, to: 9, name: 'root' });
const agent = observation({
  from: 1,
  to: 4,
  name: 'agent',
  model: 'gpt',
  parentSpanId: root.spanId,
});
const tool = observation({ from: 2, to: 3, name: 'Tool', parentSpanId: agent.spanId });
const second = observation({ from: 5, to: 6, name: 'agent', parentSpanId: root.spanId });
const other = observation({ from: 8, to: 9, name: 'other' });
const columns = toColumns([root, agent, tool, second, other].map((row) => ({ ...row, ai: true })));

interface Setting {
  readonly selected: number;
  readonly folded?: readonly number[];
  readonly control?: boolean;
  readonly alt?: boolean;
  readonly hasError?: boolean;
}

function act(key: string, setting: Setting): TreeAction | undefined {
  const { selected, folded: closed = [], control = false, alt = false, hasError = false } = setting;
  const folded = new Uint8Array(columns.count);
  for (const row of closed) folded[row] = 1;
  const visible = visibleRows(columns, folded);
  return treeAction(
    { key, control, alt },
    { columns, folded, visible, selected, page: 3, hasError },
  );
}

describe('the keys of the tree', () => {
  test.each<[string, Setting, TreeAction | undefined]>([
    ['ArrowDown', { selected: 0 }, { type: 'select', row: 1 }],
    ['ArrowDown', { selected: 1, folded: [1] }, { type: 'select', row: 3 }],
    ['ArrowDown', { selected: 4 }, { type: 'select', row: 4 }],
    ['ArrowUp', { selected: 3, folded: [1] }, { type: 'select', row: 1 }],
    ['ArrowUp', { selected: 0 }, { type: 'select', row: 0 }],
    ['PageDown', { selected: 0 }, { type: 'select', row: 2 }],
    ['PageUp', { selected: 4 }, { type: 'select', row: 2 }],
    ['Home', { selected: 3 }, { type: 'select', row: 0 }],
    ['End', { selected: 0, folded: [0] }, { type: 'select', row: 4 }],
    ['ArrowRight', { selected: 1, folded: [1] }, { type: 'unfold', row: 1 }],
    ['ArrowRight', { selected: 1 }, { type: 'select', row: 2 }],
    ['ArrowRight', { selected: 2 }, undefined],
    ['ArrowLeft', { selected: 1 }, { type: 'fold', row: 1 }],
    ['ArrowLeft', { selected: 1, folded: [1] }, { type: 'select', row: 0 }],
    ['ArrowLeft', { selected: 4 }, undefined],
    ['Enter', { selected: 1 }, { type: 'fold', row: 1 }],
    ['Enter', { selected: 2 }, { type: 'details' }],
    [' ', { selected: 1, folded: [1] }, { type: 'unfold', row: 1 }],
    [' ', { selected: 2 }, undefined],
    ['*', { selected: 1 }, { type: 'unfoldSiblings', row: 1 }],
    ['t', { selected: 0 }, { type: 'find', text: 't' }],
    ['ü', { selected: 0 }, { type: 'find', text: 'ü' }],
    ['/', { selected: 0 }, { type: 'find', text: '' }],
    ['f', { selected: 0, control: true }, { type: 'find', text: '' }],
    ['c', { selected: 0, control: true }, undefined],
    ['ArrowDown', { selected: 0, alt: true }, undefined],
    ['e', { selected: 0, hasError: true }, { type: 'firstError' }],
    ['e', { selected: 0 }, { type: 'find', text: 'e' }],
    ['3', { selected: 0 }, { type: 'foldToDepth', levels: 3 }],
    ['0', { selected: 0 }, { type: 'find', text: '0' }],
    ['F5', { selected: 0 }, undefined],
    ['Tab', { selected: 0 }, undefined],
  ])('%s at %j', (key, setting, action) => {
    expect(act(key, setting)).toEqual(action);
  });
});

describe('finding', () => {
  test.each<[string, readonly number[]]>([
    ['AGENT', [1, 3]],
    ['gp', [1]],
    ['o', [0, 2, 4]],
    ['nothing', []],
    ['', []],
  ])('%j', (text, rows) => {
    expect([...findRows(columns, text)]).toEqual(rows);
  });

  test('goes round in both directions', () => {
    const rows = Uint32Array.of(2, 5, 9);
    expect([5, 6, 10].map((from) => nextMatch(rows, from, 1))).toEqual([5, 9, 2]);
    expect([5, 4, 1].map((from) => nextMatch(rows, from, -1))).toEqual([5, 2, 9]);
    expect(nextMatch(new Uint32Array(0), 0, 1)).toBe(-1);
  });

  test('marks the match', () => {
    const marked = (text: string, wanted: string) =>
      highlight(text, wanted)
        .map((piece) => (piece.hit ? `[${piece.text}]` : piece.text))
        .join('');
    expect(marked('Refund order', 'FUND')).toBe('Re[fund] order');
    expect(marked('abc', 'abc')).toBe('[abc]');
    expect(marked('abc', 'x')).toBe('abc');
    expect(marked('abc', '')).toBe('abc');
  });
});
