import { describe, expect, test } from 'vitest';
import { observe, summarise } from '../../src/dialects/observe';
import type { Value } from '../../src/model/value';
import { spanOf } from './span';

const json = (value: unknown) => JSON.stringify(value);
const span = (attributes: Readonly<Record<string, Value>>) =>
  spanOf({
    scope: 'langfuse-sdk',
    attributes: Object.fromEntries(
      Object.entries(attributes).map(([key, value]) => [
        /^(?:langfuse|user|session|gen_ai)\./.test(key) ? key : `langfuse.observation.${key}`,
        value,
      ]),
    ),
  });

describe('kind', () => {
  test.each<[Readonly<Record<string, Value>>, string]>([
    [{ type: 'agent' }, 'agent'],
    [{ type: 'evaluator' }, 'evaluator'],
    [{ type: 'event' }, 'event'],
    [{ type: 'span' }, 'span'],
    [{ type: 'span', 'model.name': 'm' }, 'generation'],
    [{ type: 'span', usage_details: '{}' }, 'generation'],
    [{ type: 'tool', 'gen_ai.operation.name': 'chat' }, 'tool'],
    [{ type: 'nonsense' }, 'span'],
  ])('%j', (attributes, kind) => {
    expect(summarise(span(attributes)).kind).toBe(kind);
  });
});

describe('tokens', () => {
  test.each<[string, object, object | undefined]>([
    [
      'buckets are disjoint',
      { input: 300, input_cached_tokens: 900, output: 75, total: 1275 },
      { input: 1200, cacheRead: 900, output: 75, total: 1275 },
    ],
    [
      'unless the total says that they are not',
      { input: 1200, input_cached_tokens: 900, output: 75, total: 1275 },
      { input: 1200, cacheRead: 900, output: 75, total: 1275 },
    ],
    [
      'reasoning too',
      { input: 10, output: 5, output_reasoning_tokens: 20 },
      { input: 10, output: 25, reasoning: 20, total: 35 },
    ],
    [
      'OpenAI’s own shape',
      { prompt_tokens: 10, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 4 } },
      { input: 10, output: 5, cacheRead: 4, total: 15 },
    ],
    ['nothing', {}, undefined],
  ])('%s', (_, details, expected) => {
    const row = summarise(span({ type: 'generation', usage_details: json(details) }));
    expect(row.usage).toEqual(expected);
  });
});

test('a generation, whole', () => {
  const observation = observe(
    span({
      type: 'generation',
      'model.name': 'claude-sonnet-5',
      'model.parameters': json({ max_tokens: 400 }),
      input: json([{ role: 'user', content: 'Answer ticket 81' }]),
      output: 'Dear …',
      cost_details: json({ input: 0.001, output: 0.002 }),
      completion_start_time: '"1970-01-01T00:00:01.250Z"',
      'prompt.name': 'reply',
      'prompt.version': 12,
      'metadata.tier': '"gold"',
      'langfuse.trace.name': 'support',
      'langfuse.trace.tags': ['beta'],
      'langfuse.environment': 'dev',
      'user.id': 'u7',
      'session.id': 's3',
    }),
    [],
  );
  expect(observation).toMatchObject({
    ...{ kind: 'generation', model: 'claude-sonnet-5', provider: 'anthropic' },
    inputMessages: [{ role: 'user', parts: [{ type: 'text', text: 'Answer ticket 81' }] }],
    outputMessages: [{ role: 'assistant', parts: [{ type: 'text', text: 'Dear …' }] }],
    output: 'Dear …',
    cost: { input: 0.001, output: 0.002, total: 0.003 },
    timeToFirstTokenMs: 250,
    prompt: { name: 'reply', version: '12' },
    modelParameters: { max_tokens: 400 },
    metadata: { tier: 'gold' },
    ...{ tags: ['beta'], environment: 'dev', userId: 'u7', sessionId: 's3' },
  });
});

test.each<[string, object]>([
  ['ERROR', { status: 'error', level: 'error', statusMessage: 'broke' }],
  ['WARNING', { status: 'ok', level: 'warning', statusMessage: 'broke' }],
  ['DEFAULT', { status: 'ok', level: 'info' }],
])('level %s', (level, expected) => {
  expect(summarise(span({ type: 'span', level, status_message: 'broke' }))).toMatchObject(expected);
});

test.each<[string, unknown, unknown]>([
  ['a sole argument stands for itself', { args: ['Brest'], kwargs: {} }, 'Brest'],
  ['named arguments', { args: [], kwargs: { port: 'Brest' } }, { port: 'Brest' }],
  ['both', { args: [1], kwargs: { a: 2 } }, { args: [1], kwargs: { a: 2 } }],
  ['an input of the same shape and more', { args: [1], x: 2 }, { args: [1], x: 2 }],
])('%s', (_, input, expected) => {
  expect(observe(span({ type: 'tool', input: json(input) }), []).input).toEqual(expected);
});

test('zeros for a call without tokens are no cost', () => {
  const row = summarise(span({ type: 'generation', cost_details: json({ total: 0 }) }));
  expect(row.cost).toBeUndefined();
});
