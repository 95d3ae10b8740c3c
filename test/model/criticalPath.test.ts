import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toColumns } from '../../src/model/columns';
import { criticalPath, selfTimes, timeOnPath } from '../../src/model/criticalPath';
import type { ObservationSummary } from '../../src/model/observation';

type Step = readonly [name: string, from: number, to: number | undefined, parent?: string];

/** Rows with times in milliseconds; a parent is given by its name. */
function columnsOf(steps: readonly Step[]) {
  const idOf = (name: string) =>
    (steps.findIndex(([other]) => other === name) + 1).toString(16).padStart(16, '0');
  return toColumns(
    steps.map(([name, from, to, parent]): ObservationSummary => ({
      ...{ traceId: '1'.repeat(32), spanId: idOf(name), kind: 'span', name, level: 'info' },
      parentSpanId: parent === undefined ? undefined : idOf(parent),
      startTime: from * 1000,
      endTime: to === undefined ? undefined : to * 1000,
      ...{ status: to === undefined ? 'running' : 'ok', ai: true },
    })),
  );
}

/** `name from-to`, in milliseconds and in order of time. */
function pathOf(steps: readonly Step[], end = Math.max(...steps.map(([, , to]) => to ?? 0))) {
  const columns = columnsOf(steps);
  const origin = columns.origin / 1000;
  const path = criticalPath(columns, end * 1000 - columns.origin);
  const segments: { readonly text: string; readonly from: number }[] = [];
  for (let row = 0; row < columns.count; row++) {
    for (let at = path.first[row] ?? 0; at < (path.first[row + 1] ?? 0); at++) {
      const from = (path.from[at] ?? 0) / 1000 + origin;
      const to = (path.to[at] ?? 0) / 1000 + origin;
      segments.push({ text: `${columns.texts[columns.name[row] ?? 0]} ${from}-${to}`, from });
    }
  }
  return segments.sort((a, b) => a.from - b.from).map(({ text }) => text);
}

describe('the critical path', () => {
  test.each<[string, readonly Step[], readonly string[]]>([
    ['one row is its own path', [['a', 0, 10]], ['a 0-10']],
    [
      'steps in turn, and what lies between them',
      [
        ['root', 0, 100],
        ['first', 10, 40, 'root'],
        ['second', 50, 90, 'root'],
      ],
      ['root 0-10', 'first 10-40', 'root 40-50', 'second 50-90', 'root 90-100'],
    ],
    [
      'of parallel steps the last to end, then what it waited for',
      [
        ['root', 0, 100],
        ['plan', 0, 20, 'root'],
        ['fast', 20, 40, 'root'],
        ['slow', 20, 95, 'root'],
      ],
      ['plan 0-20', 'slow 20-95', 'root 95-100'],
    ],
    [
      'a step still running when the next began did not hold it up',
      [
        ['root', 0, 100],
        ['a', 0, 30, 'root'],
        ['background', 5, 60, 'root'],
        ['b', 40, 100, 'root'],
      ],
      ['a 0-30', 'root 30-40', 'b 40-100'],
    ],
    [
      'goes down into the deepest step',
      [
        ['root', 0, 100],
        ['agent', 10, 90, 'root'],
        ['call', 20, 80, 'agent'],
      ],
      ['root 0-10', 'agent 10-20', 'call 20-80', 'agent 80-90', 'root 90-100'],
    ],
    [
      'a child that outlives its parent counts up to the end of it',
      [
        ['root', 0, 50],
        ['late', 20, 200, 'root'],
      ],
      ['root 0-20', 'late 20-50'],
    ],
    [
      'a child that begins before its parent counts from there',
      [
        ['root', 20, 50],
        ['early', 10, 40, 'root'],
      ],
      ['early 20-40', 'root 40-50'],
    ],
    [
      'a fraction of a millisecond of overlap is a rounded clock',
      [
        ['root', 0, 100],
        ['a', 0, 50.4, 'root'],
        ['b', 50, 100, 'root'],
      ],
      ['a 0-50', 'b 50-100'],
    ],
    [
      'several roots one after the other',
      [
        ['one', 0, 40],
        ['two', 60, 100],
      ],
      ['one 0-40', 'two 60-100'],
    ],
    [
      'what runs lasts until now',
      [
        ['root', 0, undefined],
        ['call', 30, undefined, 'root'],
      ],
      ['root 0-30', 'call 30-80'],
    ],
    [
      'rows without length are never on it',
      [
        ['root', 0, 10],
        ['mark', 5, 5, 'root'],
      ],
      ['root 0-10'],
    ],
  ])('%s', (name, steps, expected) => {
    const end = name.startsWith('what runs') ? 80 : name.includes('outlives') ? 50 : undefined;
    expect(pathOf(steps, end)).toEqual(expected);
  });

  test('nothing has none', () => {
    expect(criticalPath(columnsOf([]), 0).from).toHaveLength(0);
  });

  test('tens of thousands of levels need no recursion', () => {
    const steps = Array.from({ length: 30_000 }, (_, depth): Step => [
      `${depth}`,
      depth,
      100_000 - depth,
      depth > 0 ? `${depth - 1}` : undefined,
    ]);
    const summaries = steps.map(([name, from, to], index): ObservationSummary => ({
      ...{ traceId: '1'.repeat(32), kind: 'span', name, level: 'info', status: 'ok', ai: true },
      spanId: index.toString(16).padStart(16, '0'),
      parentSpanId: index > 0 ? (index - 1).toString(16).padStart(16, '0') : undefined,
      ...{ startTime: from, endTime: to },
    }));
    expect(criticalPath(toColumns(summaries), 100_000).from).toHaveLength(2 * 30_000 - 1);
  });
});

describe('self time', () => {
  test.each<[string, readonly Step[], readonly number[]]>([
    ['all of a leaf', [['a', 0, 10]], [10]],
    [
      'overlapping children are counted once',
      [
        ['root', 0, 100],
        ['a', 10, 50, 'root'],
        ['b', 30, 60, 'root'],
        ['c', 80, 90, 'root'],
      ],
      [40, 40, 30, 10],
    ],
    [
      'only what lies inside the parent',
      [
        ['root', 20, 50],
        ['early', 10, 30, 'root'],
        ['late', 40, 90, 'root'],
      ],
      [10, 20, 50],
    ],
    [
      'of a running one up to now',
      [
        ['root', 0, undefined],
        ['a', 0, 30, 'root'],
      ],
      [50, 30],
    ],
    [
      'a child after its parent takes nothing from it',
      [
        ['root', 0, 10],
        ['after', 20, 30, 'root'],
      ],
      [10, 10],
    ],
  ])('%s', (_, steps, expected) => {
    const columns = columnsOf(steps);
    const times = selfTimes(columns, 80_000 - columns.origin);
    expect([...times].map((time) => time / 1000)).toEqual(expected);
  });
});

test('on any trace: paths and self times stay inside their rows, and path time never exceeds the whole', () => {
  const rows = fc.array(fc.tuple(fc.nat(50), fc.nat(50), fc.nat(20)), {
    minLength: 1,
    maxLength: 30,
  });
  fc.assert(
    fc.property(rows, (raw) => {
      const steps = raw.map(([from, length, parent], index): Step => {
        const above = index > 0 ? `${parent % index}` : undefined;
        return [`${index}`, from, from + length, above];
      });
      const columns = columnsOf(steps);
      const end = Math.max(
        ...columns.start.map((start, row) => start + (columns.duration[row] ?? 0)),
      );
      const path = criticalPath(columns, end);
      const self = selfTimes(columns, end);
      let total = 0;
      for (let row = 0; row < columns.count; row++) {
        const duration = columns.duration[row] ?? 0;
        expect(self[row]).toBeGreaterThanOrEqual(0);
        expect(self[row]).toBeLessThanOrEqual(duration);
        expect(timeOnPath(path, row)).toBeLessThanOrEqual(duration);
        total += timeOnPath(path, row);
        for (let at = path.first[row] ?? 0; at < (path.first[row + 1] ?? 0); at++) {
          expect(path.from[at]).toBeGreaterThanOrEqual(columns.start[row] ?? 0);
          expect(path.to[at]).toBeGreaterThan(path.from[at] ?? 0);
        }
      }
      expect(total).toBeLessThanOrEqual(end);
    }),
  );
});
