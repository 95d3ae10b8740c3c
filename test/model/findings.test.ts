import { describe, expect, test } from 'vitest';
import { findingsOf } from '../../src/model/findings';
import type { ObservationSummary } from '../../src/model/observation';
import { rowOf, spanId } from './rows';

type Contents = Readonly<Record<number, { input?: string; output?: string }>>;

function found(rows: readonly ObservationSummary[], contents: Contents = {}, limit?: number) {
  const byId = new Map(
    Object.entries(contents).map(([number, content]) => [spanId(Number(number)), content]),
  );
  return findingsOf(rows, { contents: byId, contextLimit: () => limit }).map(
    ({ kind, spanIds, message }) => [kind, spanIds.map((id) => parseInt(id, 16)), message],
  );
}

const agent = rowOf(0, { kind: 'agent', endTime: 99_000 });
const tool = (number: number, more: Partial<ObservationSummary> = {}) =>
  rowOf(number, { parent: 0, kind: 'tool', name: 'search', ...more });
const call = (number: number, more: Partial<ObservationSummary> = {}) =>
  rowOf(number, { parent: 0, kind: 'generation', name: 'chat', ...more });
const failed = { status: 'error' } as const;

describe('findings', () => {
  test('the same tool asked the same three times by one agent', () => {
    const same = { 1: { input: 'a' }, 2: { input: 'a' }, 3: { input: 'a' }, 4: { input: 'b' } };
    expect(found([agent, tool(1), tool(2), tool(3), tool(4)], same)).toEqual([
      ['repeatedCall', [1, 2, 3], 'search was called 3 times with the same input.'],
    ]);
    expect(found([agent, tool(1), tool(2), tool(4)], same)).toEqual([]);
    const other = rowOf(9, { kind: 'agent' });
    const elsewhere = tool(3, { parentSpanId: spanId(9) });
    expect(found([agent, other, tool(1), tool(2), elsewhere], same)).toEqual([]);
    expect(found([agent, tool(1), tool(2), tool(3)])).toEqual([]);
  });

  test('retries, also those that never succeeded, and not failures that were let be', () => {
    expect(found([agent, tool(1, failed), tool(2, failed), tool(3)])).toEqual([
      ['retries', [1, 2, 3], 'search was tried 3 times, after 2 failures.'],
    ]);
    expect(found([agent, call(1, failed), call(2, failed)])).toEqual([
      ['retries', [1, 2], 'chat was tried 2 times, and failed each time.'],
    ]);
    expect(found([agent, tool(1, failed), tool(2, { name: 'other' })])).toEqual([]);
    expect(found([agent, tool(1), tool(2, failed)])).toEqual([]);
  });

  test('a retried call is not a loop', () => {
    const same = { 1: { input: 'a' }, 2: { input: 'a' }, 3: { input: 'a' } };
    const rows = [agent, tool(1, failed), tool(2, failed), tool(3)];
    expect(found(rows, same).map(([kind]) => kind)).toEqual(['retries']);
  });

  test('an empty answer, where content was captured', () => {
    expect(found([call(1)], { 1: { input: 'q', output: ' \n' } })).toEqual([
      ['emptyOutput', [1], 'chat answered nothing.'],
    ]);
    expect(found([call(1)], { 1: { input: 'q' } })).toHaveLength(1);
    expect(found([call(1)], { 1: {} })).toEqual([]);
    expect(found([call(1)])).toEqual([]);
    expect(found([call(1, failed)], { 1: { input: 'q' } })).toEqual([]);
    expect(found([call(1, { status: 'running' })], { 1: { input: 'q' } })).toEqual([]);
  });

  test('a cut answer', () => {
    expect(found([call(1, { finishReasons: ['stop', 'length'] }), call(2)])).toEqual([
      ['truncated', [1], 'chat was cut off at its limit of output tokens.'],
    ]);
  });

  test('a call near what its model takes', () => {
    const rows = [
      call(1, { usage: { input: 800, output: 60 } }),
      call(2, { usage: { input: 800 } }),
    ];
    expect(found(rows, {}, 1000)).toEqual([
      ['nearContextLimit', [1], 'chat used 86 % of the 1,000 tokens its model takes.'],
    ]);
    expect(found(rows)).toEqual([]);
  });

  test('costs that grow from call to call; tokens where prices are not known', () => {
    const costs = [1, 1.2, 1.5, 2, 4, 5, 6];
    const priced = costs.map((total, i) => call(i + 1, { cost: { total } }));
    expect(found([agent, ...priced])).toEqual([
      ['costSpiral', [1, 2, 3, 4, 5, 6, 7], 'The cost of chat grew 4.2 times over 7 calls.'],
    ]);
    const counted = costs.map((input, i) => call(i + 1, { usage: { input } }));
    expect(found([agent, ...counted])[0]?.[2]).toContain('use of tokens');
    expect(found([agent, ...priced.slice(0, 4)])).toEqual([]);
    const even = costs.map((_, i) => call(i + 1, { cost: { total: 1 } }));
    expect(found([agent, ...even])).toEqual([]);
    const wild = [1, 9, 1, 9, 1, 9, 9].map((total, i) => call(i + 1, { cost: { total } }));
    expect(found([agent, ...wild])).toEqual([]);
  });

  test('come by time, whatever order the rows are in; nothing and cycles are no trouble', () => {
    const rows = [call(5, { finishReasons: ['length'] }), tool(2, failed), tool(3), agent];
    expect(found(rows).map(([kind]) => kind)).toEqual(['retries', 'truncated']);
    expect(found([])).toEqual([]);
    expect(
      found([tool(1, { parentSpanId: spanId(2) }), tool(2, { parentSpanId: spanId(1) })]),
    ).toEqual([]);
  });
});
