import { afterEach, beforeEach, expect, test } from 'vitest';
import { requestOf, type SpanSketch } from '../cli/otlp';
import { Searched } from './searched';

let searched: Searched;

beforeEach(async () => {
  searched = await Searched.open();
});
afterEach(() => searched.close());

const id = (number: number) => (number + 1).toString(16).padStart(16, '0');
const traceId = (trace: number) => (trace + 1).toString(16).padStart(32, '0');
const said = (role: string, content: string) => ({ role, parts: [{ type: 'text', content }] });

function span(trace: number, number: number, more: Partial<SpanSketch>): SpanSketch {
  const sketch = { traceId: traceId(trace), spanId: id(number), start: number * 20, name: 'x' };
  return { ...sketch, ...(number > 0 && { parentSpanId: id(0) }), ...more };
}

function chat(messages: readonly object[], answer: readonly object[]) {
  return {
    'gen_ai.operation.name': 'chat',
    'gen_ai.request.model': 'gpt-4o',
    'gen_ai.usage.input_tokens': 120_000,
    'gen_ai.input.messages': JSON.stringify(messages),
    'gen_ai.output.messages': JSON.stringify(answer),
  };
}

function run(trace: number, city: string): object {
  const question = [said('system', 'Be kind'), said('user', 'Weather?')];
  const search = {
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': 'search',
    'gen_ai.tool.call.arguments': JSON.stringify({ city }),
  };
  return requestOf([
    span(trace, 0, {
      ...{ name: 'helper', end: 200 },
      attributes: { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'helper' },
    }),
    span(trace, 1, { attributes: chat(question, [said('assistant', 'Let me see')]) }),
    ...[2, 3, 4].map((number) => span(trace, number, { attributes: search })),
    span(trace, 5, { attributes: chat([...question, said('tool', city)], []) }),
  ]);
}

test('findings, comparison and context of stored traces', async () => {
  await searched.add(run(0, 'Brest'), run(1, 'Oslo'));
  const { query } = searched;
  const findings = await query.findings(traceId(0));
  expect(findings.map(({ kind, spanIds }) => [kind, spanIds])).toEqual([
    ['nearContextLimit', [id(1)]],
    ['repeatedCall', [id(2), id(3), id(4)]],
    ['emptyOutput', [id(5)]],
    ['nearContextLimit', [id(5)]],
  ]);
  const comparison = await query.compare(traceId(0), traceId(1));
  expect(comparison?.steps.map(({ name, differences }) => [name, differences.join()])).toEqual([
    ...[
      ['helper', ''],
      ['x', ''],
    ],
    ...Array.from({ length: 3 }, () => ['search', 'input']),
    ['x', 'input'],
  ]);
  expect(comparison?.firstDifference).toBe(2);
  const context = await query.context(traceId(0), id(5));
  expect(context).toMatchObject({
    previousSpanId: id(1),
    inputTokens: 120_000,
    contextLimit: 128_000,
  });
  expect(context?.messages.map(({ change }) => change)).toEqual(['kept', 'kept', 'added']);
});

test('what is not there is not there', async () => {
  const { query } = searched;
  expect(await query.findings(traceId(9))).toEqual([]);
  expect(await query.compare(traceId(9), traceId(9))).toBeUndefined();
  expect(await query.context(traceId(9), id(0))).toBeUndefined();
});
