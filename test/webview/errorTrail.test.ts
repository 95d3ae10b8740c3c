import { expect, test } from 'vitest';
import { nameAt, toColumns } from '../../src/model/columns';
import { errorTrail } from '../../webview/trace/errorTrail';
import { observation } from './harness/traces';

type Step = readonly [name: string, parent: string | undefined, failed?: boolean];

function trail(steps: readonly Step[], of: string): string {
  const made = new Map<string, string>();
  const rows = steps.map(([name, parent, failed], index) => {
    const row = observation({
      ...{ name, from: index, to: 50 + index, status: failed ? 'error' : 'ok' },
      parentSpanId: parent === undefined ? undefined : made.get(parent),
    });
    made.set(name, row.spanId);
    return { ...row, ai: true };
  });
  const columns = toColumns(rows);
  const at = rows.findIndex(({ name }) => name === of);
  const wanted = [...columns.name].findIndex((text) => columns.texts[text] === rows[at]?.name);
  return errorTrail(columns, wanted)
    .map(({ row, part }) => `${nameAt(columns, row)} ${part}`)
    .join(', ');
}

const tree: readonly Step[] = [
  ['root', undefined],
  ['agent', 'root'],
  ['step', 'agent', true],
  ['tool', 'step', true],
  ['again', 'step', true],
  ['db', 'again', true],
  ['other', 'agent'],
];

test.each([
  ['root', ''],
  ['other', ''],
  ['db', 'db began, again passedOn, step passedOn, agent handled'],
  ['again', 'db began, again passedOn, step passedOn, agent handled'],
  ['step', 'db began, again passedOn, step passedOn, agent handled'],
  ['tool', 'tool began, step passedOn, agent handled'],
])('of %s', (of, expected) => {
  expect(trail(tree, of)).toBe(expected);
});

test('up to the root when nothing handled it', () => {
  const steps: readonly Step[] = [
    ['root', undefined, true],
    ['tool', 'root', true],
  ];
  expect(trail(steps, 'tool')).toBe('tool began, root passedOn');
  expect(trail([['alone', undefined, true]], 'alone')).toBe('alone began');
});
