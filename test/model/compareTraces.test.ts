import { describe, expect, test } from 'vitest';
import { compareTraces, type ComparedTrace } from '../../src/model/compareTraces';
import type { ObservationSummary } from '../../src/model/observation';
import { rowOf, spanId } from './rows';

function trace(
  rows: readonly ObservationSummary[],
  contents: Readonly<Record<number, { input?: string; output?: string; parameters?: string }>> = {},
): ComparedTrace {
  const entries = Object.entries(contents);
  return {
    rows,
    contents: new Map(entries.map(([number, content]) => [spanId(Number(number)), content])),
  };
}

const agent = rowOf(0, { kind: 'agent', name: 'helper', endTime: 50_000 });
const chat = (number: number, more: Partial<ObservationSummary> = {}) =>
  rowOf(number, { parent: 0, kind: 'generation', name: 'chat', model: 'm', ...more });
const tool = (number: number, name: string) => rowOf(number, { parent: 0, kind: 'tool', name });

function laidOut(left: ComparedTrace, right: ComparedTrace) {
  const { steps, firstDifference } = compareTraces(left, right);
  const lines = steps.map(({ name, depth, left: l, right: r, differences }) => {
    const sides = `${l === undefined ? '' : '<'}${r === undefined ? '' : '>'}`;
    return [`${'  '.repeat(depth)}${name}`, sides, differences.join()].join(' ').trimEnd();
  });
  return { lines, first: firstDifference };
}

describe('two traces', () => {
  test('that are the same do not differ', () => {
    const one = trace([agent, chat(1), tool(2, 'search')], { 1: { input: 'a' } });
    expect(laidOut(one, one)).toEqual({
      lines: ['helper <>', '  chat <>', '  search <>'],
      first: undefined,
    });
  });

  test('are aligned by what they did; the first difference is where they parted', () => {
    const left = trace([agent, chat(1), tool(2, 'search'), chat(3)], {
      0: { output: 'yes' },
      1: { input: 'q', output: 'a' },
      3: { input: 'x', output: 'yes' },
    });
    const right = trace([agent, chat(1), tool(2, 'refund'), chat(3)], {
      0: { output: 'no' },
      1: { input: 'q', output: 'b' },
      3: { input: 'y', output: 'no' },
    });
    expect(laidOut(left, right)).toEqual({
      lines: [
        ...['helper <> output', '  chat <> output', '  search <', '  refund >'],
        '  chat <> input,output',
      ],
      first: 1,
    });
  });

  test('may differ in model, parameters, status, tokens, cost and time', () => {
    const left = trace([chat(1, { usage: { input: 5 }, cost: { total: 0.5 } })], {
      1: { parameters: '{"temperature":1}' },
    });
    const other = { model: 'n', status: 'error', usage: { input: 9 }, endTime: 9000 } as const;
    const { steps, firstDifference } = compareTraces(left, trace([chat(1, other)]));
    expect(steps).toEqual([
      {
        ...{ left: spanId(1), right: spanId(1), depth: 0, kind: 'generation', name: 'chat' },
        differences: ['model', 'parameters', 'status', 'tokens', 'cost', 'time'],
        models: { left: 'm', right: 'n' },
        tokens: { left: 5, right: 9 },
        cost: { left: 0.5 },
        time: { left: 1000, right: 8000 },
      },
    ]);
    expect(firstDifference).toBe(0);
  });

  test('that differ in time and cost alone have no first difference', () => {
    const slow = chat(1, { endTime: 9000, cost: { total: 1 } });
    expect(compareTraces(trace([chat(1)]), trace([slow])).firstDifference).toBeUndefined();
  });

  test('of which one is empty, or deep, or going round in circles', () => {
    expect(laidOut(trace([]), trace([agent, chat(1)]))).toEqual({
      lines: ['helper >', '  chat >'],
      first: 0,
    });
    const deep = trace(
      Array.from({ length: 20_000 }, (_, i) => rowOf(i, i === 0 ? {} : { parent: i - 1 })),
    );
    expect(compareTraces(deep, deep).steps).toHaveLength(20_000);
    const circle = trace([rowOf(1, { parent: 2 }), rowOf(2, { parent: 1 })]);
    expect(compareTraces(circle, circle).steps).toHaveLength(2);
  });
});
