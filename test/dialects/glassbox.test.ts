import { expect, test } from 'vitest';
import { observe, summarise } from '../../src/dialects/observe';
import { observationKinds } from '../../src/model/observation';
import { spanOf } from './span';

test.each(observationKinds)('our hook says %s', (kind) => {
  const attributes = { 'glassbox.observation.kind': kind };
  expect(summarise(spanOf({ scope: 'glassbox', attributes })).kind).toBe(kind);
});

test('a tool of our hook', () => {
  const span = spanOf({
    scope: 'glassbox',
    name: 'execute_tool tide',
    attributes: {
      'glassbox.observation.kind': 'tool',
      'gen_ai.tool.name': 'tide',
      'glassbox.input': '{"port":"Brest"}',
      'glassbox.output': '"4.2"',
      'glassbox.trace.name': 'Harbour',
      'session.id': 's1',
      'code.file.path': '/app/agent.mjs',
      'code.line.number': 12,
    },
  });
  expect(observe(span, [])).toMatchObject({
    ...{ kind: 'tool', name: 'tide', toolName: 'tide', input: { port: 'Brest' }, output: '4.2' },
    ...{ sessionId: 's1', source: { file: '/app/agent.mjs', line: 12 } },
    dialect: { input: 'glassbox', toolName: 'genai', source: 'otel' },
  });
  expect(summarise(span).traceName).toBe('Harbour');
});

test('a call keeps its bodies as attributes, and the prompt its hash', () => {
  const span = spanOf({
    scope: 'glassbox',
    attributes: {
      'glassbox.observation.kind': 'generation',
      'glassbox.request.body': '{"model":"gpt-5-mini"}',
      'gen_ai.prompt.name': 'triage',
      'gen_ai.prompt.version': '3',
      'glassbox.prompt.hash': 'abc',
    },
  });
  const observation = observe(span, []);
  expect(observation.attributes['glassbox.request.body']).toBe('{"model":"gpt-5-mini"}');
  expect(observation.prompt).toEqual({ name: 'triage', version: '3', hash: 'abc' });
  expect(observation.input).toBeUndefined();
});

test.each<[string, Readonly<Record<string, string>>, object]>([
  [
    'a handoff is named by who hands to whom',
    {
      'glassbox.observation.kind': 'handoff',
      'glassbox.input': '"A"',
      'glassbox.output': '"B"',
    },
    { name: 'A → B', status: 'ok' },
  ],
  [
    'a guardrail that was triggered warns',
    { 'glassbox.observation.kind': 'guardrail', 'glassbox.output': '{"triggered":true}' },
    { level: 'warning', status: 'ok' },
  ],
  [
    'parameters and metadata',
    { 'glassbox.model.parameters': '{"top_k":3}', 'glassbox.metadata': '{"tier":"gold"}' },
    { modelParameters: { top_k: 3 }, metadata: { tier: 'gold' } },
  ],
])('%s', (_, attributes, expected) => {
  expect(observe(spanOf({ scope: 'glassbox', attributes }), [])).toMatchObject(expected);
});

test('the default name of a workflow names no trace', () => {
  const traceName = (name: string) =>
    summarise(spanOf({ scope: 'glassbox', attributes: { 'gen_ai.workflow.name': name } }))
      .traceName;
  expect(traceName('Agent workflow')).toBeUndefined();
  expect(traceName('Desk')).toBe('Desk');
});
