import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json } from '../../src/model/value';
import { attributeGroups, fieldRows } from '../../webview/trace/attributeRows';
import { failuresOf } from '../../webview/trace/failureOf';
import { missingContent, missingMessages } from '../../webview/trace/missing';
import { costText, costTitle, usageText, usageTitle } from '../../webview/trace/usageText';
import {
  isComposite,
  openLevels,
  parseComposite,
  previewOf,
  toText,
  withVisibleControls,
} from '../../webview/ui/jsonShape';
import { cutText } from '../../webview/ui/cutText';
import { isOpenable } from '../../webview/ui/markdown';
import { readStack } from '../../webview/ui/stack';
import { observation } from './harness/traces';

describe('JSON as a tree', () => {
  test.each<[Json, number, number]>([
    [{}, 10, 0],
    [[1, 2, 3], 10, 1],
    [{ a: { b: { c: 1 } } }, 10, 3],
    [{ a: Array.from({ length: 100 }, () => 0) }, 10, 1],
    [Array.from({ length: 100 }, () => 0), 10, 0],
  ])('%j opens to a depth that keeps it short', (value, budget, levels) => {
    expect(openLevels(value, budget)).toBe(levels);
  });

  test.each<[Json, string]>([
    [{ order: 'A-1', n: 2 }, '{order: "A-1", n: 2}'],
    [[1, [2], { a: 1 }, null], '[1, […], {…}, null]'],
    [[], '[]'],
    [[1, 2, 3, 4, 5, 6, 7, 8, 9], '[1, 2, 3, 4, 5, 6, 7, 8…]'],
  ])('%j folded reads %s', (value, preview) => {
    expect(isComposite(value) && previewOf(value)).toBe(preview);
  });

  test('a preview is one short line, whatever it shows', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const json = value as Json;
        if (isComposite(json)) expect(previewOf(json).length).toBeLessThanOrEqual(63);
      }),
    );
  });

  test.each([
    ['{"a":1}', { a: 1 }],
    [' [1] ', [1]],
    ['[1', undefined],
    ['[link](url)', undefined],
    ['"text"', undefined],
    ['12', undefined],
  ])('%j as text of a structure', (text, value) => {
    expect(parseComposite(text)).toEqual(value);
  });

  test('text stays text, all else is indented', () => {
    expect([toText('a'), toText({ a: 1 }), toText(null)]).toEqual(['a', '{\n  "a": 1\n}', 'null']);
  });

  test('no control character is swallowed, and nothing else changes', () => {
    expect(withVisibleControls('a\u0000\u001b\u007f\tb\nc')).toBe('a␀␛␡\tb\nc');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(withVisibleControls(text)).toHaveLength(text.length);
      }),
    );
  });
});

describe('long text', () => {
  test('a little more than the limit is shown whole', () => {
    expect(cutText('x'.repeat(125), 100)).toHaveLength(125);
    expect(cutText('x'.repeat(126), 100)).toHaveLength(100);
  });

  test('ends at a line where one ends nearby', () => {
    expect(cutText(`${'x'.repeat(80)}\n${'y'.repeat(80)}`, 100)).toBe('x'.repeat(80));
  });

  test('is never cut inside a character', () => {
    expect(cutText('😀'.repeat(100), 51)).toBe('😀'.repeat(25));
  });
});

test.each([
  ['https://example.com', true],
  ['HTTP://example.com', true],
  ['mailto:a@b.c', false],
  ['https:evil', false],
  ['javascript:alert(1)', false],
  ['java\nscript:alert(1)', false],
  ['command:x', false],
  ['file:///etc/passwd', false],
  ['//evil.example', false],
  ['data:text/html,x', false],
])('whether %j may be opened: %s', (url, openable) => {
  expect(isOpenable(url)).toBe(openable);
});

describe('stack traces', () => {
  test.each([
    ['    at run (/app/agent.mjs:87:18)', '/app/agent.mjs', 87, true],
    ['    at async file:///app/agent.mjs:3:1', '/app/agent.mjs', 3, true],
    ['    at run (C:\\app\\agent.ts:12:5)', 'C:\\app\\agent.ts', 12, true],
    ['    at x (/app/node_modules/a/b.js:1:2)', '/app/node_modules/a/b.js', 1, false],
    ['  File "/app/agent.py", line 41, in answer', '/app/agent.py', 41, true],
    [
      '  File "/usr/lib/python3.12/asyncio/runners.py", line 9, in run',
      '/usr/lib/python3.12/asyncio/runners.py',
      9,
      false,
    ],
  ])('%s', (text, ...[file, line, own]) => {
    expect(readStack(text)).toMatchObject([{ text, own, place: { file, line } }]);
  });

  test.each([
    'PaymentError: see /app/agent.mjs:1:1',
    '    at process (node:internal/x:105:5)',
    '    raise ValueError()',
    '',
  ])('%j is no frame of ours', (text) => {
    expect(readStack(text).filter((line) => line.own)).toEqual([]);
  });

  test('the shown link is a part of the line, and reading never throws or hangs', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 0, max: 50 }), (text, times) => {
        for (const { text: line, place } of readStack(`    at ${text.repeat(times)}`)) {
          if (place) expect(line).toContain(place.label);
        }
      }),
    );
    expect(readStack(`    at ${'a/'.repeat(40_000)}`)).toHaveLength(1);
    expect(readStack('x\n'.repeat(10_000))).toHaveLength(400);
  });
});

describe('tokens and money', () => {
  test('what is not reported is left out', () => {
    expect(usageText({ input: 1480, output: 212 })).toBe('1,480 in · 212 out');
    expect(usageText({ output: 5 })).toBe('5 out');
    expect(usageText({ total: 7 })).toBe('7 tokens');
    expect(usageText({})).toBe('');
  });

  test('the tooltip has every figure', () => {
    expect(usageTitle({ input: 1000, output: 100, cacheRead: 250, reasoning: 40 })).toBe(
      'Input tokens: 1,000\n  read from cache: 250 (25 %)\nOutput tokens: 100\n  reasoning: 40 (40 %)\nTotal: 1,100',
    );
  });

  test('an unknown price is never shown as nothing', () => {
    expect(costText({ unpricedCalls: 2 })).toBe('cost unknown');
    expect(costText({ cost: { total: 0.5 }, unpricedCalls: 1 })).toBe('≥ $0.50');
    expect(costTitle({ cost: { total: 0.5, input: 0.1 }, unpricedCalls: 1 })).toBe(
      'Cost: $0.500000\n  input: $0.100000\n1 call without a known price',
    );
  });
});

describe('attributes', () => {
  const attributes = { 'b.x': 'Needle', 'a.y': [1, 2], 'resource.service.name': 'svc' };

  test('stand in order, resource apart', () => {
    expect(attributeGroups(attributes, '')).toEqual({
      span: [
        ['a.y', [1, 2]],
        ['b.x', 'Needle'],
      ],
      resource: [['service.name', 'svc']],
    });
  });

  test.each([
    ['needle', ['b.x'], 0],
    [' A.Y ', ['a.y'], 0],
    ['service', [], 1],
    ['zzz', [], 0],
  ])('filtered by %j', (filter, keys, resources) => {
    const { span, resource } = attributeGroups(attributes, filter);
    expect([span.map(([key]) => key), resource.length]).toEqual([keys, resources]);
  });

  test('fields name their convention; a path reaches inside', () => {
    const rows = fieldRows(
      observation({
        from: 0,
        to: 1,
        usage: { input: 5 },
        dialect: { 'usage.input': 'otel', model: 'x', constructor: 'y' },
      }),
    );
    expect(rows).toEqual([
      { field: 'constructor', convention: 'y', value: undefined },
      { field: 'model', convention: 'x', value: undefined },
      { field: 'usage.input', convention: 'otel', value: 5 },
    ]);
  });
});

describe('failures', () => {
  const exception = {
    name: 'exception',
    time: 0,
    attributes: { 'exception.type': 'E', 'exception.message': 'm', 'exception.stacktrace': 's' },
  };

  test('come from exception events', () => {
    const failed = observation({
      from: 0,
      to: 1,
      status: 'error',
      events: [exception, { ...exception, name: 'other', attributes: {} }],
    });
    expect(failuresOf(failed)).toEqual([{ type: 'E', message: 'm', stack: 's' }]);
  });

  test('or from the status alone', () => {
    expect(
      failuresOf(observation({ from: 0, to: 1, status: 'error', statusMessage: 'no' })),
    ).toEqual([{ message: 'no' }]);
    expect(failuresOf(observation({ from: 0, to: 1, status: 'error' }))).toEqual([
      { message: 'It failed without a message.' },
    ]);
    expect(failuresOf(observation({ from: 0, to: 1 }))).toEqual([]);
  });
});

describe('what is missing', () => {
  test.each([
    [{ from: 0, kind: 'generation' } as const, /with the end of the call/],
    [{ from: 0, to: 1, kind: 'generation' } as const, /CAPTURE_MESSAGE_CONTENT/],
    [
      { from: 0, to: 1, kind: 'generation', dialect: { model: 'traceloop' } } as const,
      /read as traceloop/,
    ],
  ])('messages of %j', (start, reason) => {
    expect(missingMessages(observation(start)).reason).toMatch(reason);
  });

  test.each([
    [{ from: 0, kind: 'tool' } as const, /when it ends/],
    [{ from: 0, to: 1, kind: 'span' } as const, /ordinary span/],
    [{ from: 0, to: 1, kind: 'handoff' } as const, /the handoff happened/],
    [{ from: 0, to: 1, kind: 'tool' } as const, /CAPTURE_MESSAGE_CONTENT/],
  ])('content of %j', (start, reason) => {
    expect(missingContent(observation(start)).reason).toMatch(reason);
  });
});
