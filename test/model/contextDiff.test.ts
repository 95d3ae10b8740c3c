import { describe, expect, test } from 'vitest';
import { contextDifference, previousCall } from '../../src/model/contextDiff';
import type { Message, Observation, ToolDefinition } from '../../src/model/observation';
import { rowOf, spanId } from './rows';

const says = (role: Message['role'], text: string): Message => ({
  role,
  parts: [{ type: 'text', text }],
});

function callOf(messages: readonly Message[], more: Partial<Observation> = {}): Observation {
  const { ai: _, ...row } = rowOf(2, { kind: 'generation' });
  return {
    ...row,
    ...{ inputMessages: messages, events: [], links: [], dialect: {}, attributes: {} },
    ...more,
  };
}

const [system, hello, hi, more, result] = [
  says('system', 'Be kind'),
  says('user', 'Hello'),
  says('assistant', 'Hi'),
  says('user', 'More'),
  says('tool', 'found'),
] as const;

function changes(before: readonly Message[], after: readonly Message[]) {
  const difference = contextDifference(callOf(after), callOf(before), undefined);
  return difference.messages.map(({ change, role, index, previousIndex }) =>
    [change, role, previousIndex ?? '-', index ?? '-'].join(' '),
  );
}

describe('the context of a call', () => {
  test('grows by what was said since', () => {
    expect(changes([system, hello], [system, hello, hi, more])).toEqual([
      ...['kept system 0 0', 'kept user 1 1', 'added assistant - 2', 'added user - 3'],
    ]);
  });

  test('loses what was dropped', () => {
    expect(changes([system, hello, hi, more], [system, more])).toEqual([
      ...['kept system 0 0', 'dropped user 1 -', 'dropped assistant 2 -', 'kept user 3 1'],
    ]);
  });

  test('shows what was rewritten in its place', () => {
    const shorter = says('system', 'Kind!');
    expect(changes([system, hello], [shorter, hello, hi])).toEqual([
      ...['rewritten system 0 0', 'kept user 1 1', 'added assistant - 2'],
    ]);
    expect(changes([hello, hi, result], [says('assistant', 'Summary')])).toEqual([
      ...['dropped user 0 -', 'rewritten assistant 1 0', 'dropped tool 2 -'],
    ]);
  });

  test('of the first call is all new', () => {
    const difference = contextDifference(callOf([system, hello]), undefined, 100);
    expect(difference.messages.map(({ change }) => change)).toEqual(['added', 'added']);
    expect(difference).not.toHaveProperty('previousSpanId');
    expect(difference.contextLimit).toBe(100);
  });

  test('tells tools that came and went', () => {
    const tool = (name: string): ToolDefinition => ({ name });
    const before = callOf([], { toolDefinitions: [tool('a'), tool('b')] });
    const after = callOf([], { toolDefinitions: [tool('b'), tool('c')] });
    expect(contextDifference(after, before, undefined).tools).toEqual({
      ...{ added: ['c'], dropped: ['a'] },
    });
  });

  test('is shared among its sources, tokens with it', () => {
    const call = callOf([system, says('user', 'x'.repeat(11)), says('tool', 'y'.repeat(2))], {
      usage: { input: 100, cacheRead: 40 },
      toolDefinitions: [{ name: 'find', description: 'Finds', parameters: { a: 1 } }],
    });
    expect(contextDifference(call, undefined, undefined)).toMatchObject({
      ...{ inputTokens: 100, cacheReadTokens: 40 },
      shares: [
        { source: 'toolDefinitions', characters: 13, tokens: 39 },
        { source: 'user', characters: 11, tokens: 33 },
        { source: 'system', characters: 7, tokens: 21 },
        { source: 'toolResults', characters: 2, tokens: 6 },
      ],
    });
    expect(contextDifference(callOf([]), undefined, undefined).shares).toEqual([]);
  });
});

describe('the call before', () => {
  const rows = [
    rowOf(0, { kind: 'agent' }),
    rowOf(1, { kind: 'generation', parent: 0 }),
    rowOf(2, { kind: 'agent', parent: 0 }),
    rowOf(3, { kind: 'generation', parent: 2 }),
    rowOf(4, { kind: 'chain', parent: 0 }),
    rowOf(5, { kind: 'generation', parent: 4 }),
    rowOf(6, { kind: 'generation' }),
    rowOf(7, { kind: 'agent', name: 's2' }),
    rowOf(8, { kind: 'generation', parent: 7 }),
  ];

  test.each([
    [1, undefined],
    [3, undefined],
    [5, 1],
    [6, undefined],
    [8, 3],
    [9, undefined],
  ])('of %i is %s', (number, before) => {
    const found = previousCall(rows, spanId(number))?.spanId;
    expect(found).toBe(before === undefined ? undefined : spanId(before));
  });
});
