import { describe, expect, test } from 'vitest';
import { observe, summarise } from '../../src/dialects/observe';
import type { Value } from '../../src/model/value';
import { spanOf } from './span';

const json = (value: unknown) => JSON.stringify(value);
const span = (attributes: Readonly<Record<string, Value>>, name = 'a span') =>
  spanOf({ name, attributes });

describe('kind', () => {
  test.each([
    ['LLM', 'generation'],
    ['embedding', 'embedding'],
    ['CHAIN', 'chain'],
    ['RETRIEVER', 'retriever'],
    ['RERANKER', 'reranker'],
    ['TOOL', 'tool'],
    ['AGENT', 'agent'],
    ['GUARDRAIL', 'guardrail'],
    ['EVALUATOR', 'evaluator'],
    ['PROMPT', 'span'],
    ['UNKNOWN', 'span'],
    ['constructor', 'span'],
  ])('%s', (said, kind) => {
    expect(summarise(span({ 'openinference.span.kind': said })).kind).toBe(kind);
  });

  test('an unknown kind leaves it to the others', () => {
    const attributes = { 'openinference.span.kind': 'UNKNOWN', 'gen_ai.operation.name': 'chat' };
    expect(summarise(span(attributes)).kind).toBe('generation');
  });

  test('a handoff is told by its name', () => {
    const handoff = {
      'openinference.span.kind': 'TOOL',
      'input.value': 'Triage',
      'output.value': 'Billing',
    };
    expect(summarise(span(handoff, 'handoff to Billing'))).toMatchObject({
      ...{ kind: 'handoff', name: 'Triage → Billing' },
    });
    const tool = { ...handoff, 'tool.name': 'handoff to x' };
    expect(summarise(span(tool, 'handoff to x')).kind).toBe('tool');
  });
});

test('a call, its lists flattened with gaps and in any order', () => {
  const message = (index: number, rest: string) => `llm.input_messages.${index}.message.${rest}`;
  const observation = observe(
    span({
      'openinference.span.kind': 'LLM',
      'llm.model_name': 'gpt-5-mini',
      'llm.system': 'openai',
      'llm.token_count.prompt': 210,
      'llm.token_count.completion': 18,
      'llm.token_count.prompt_details.cache_read': 128,
      'llm.token_count.completion_details.reasoning': 8,
      'llm.cost.total': 0.25,
      'llm.invocation_parameters': json({ temperature: 1, tools: [], input: 'x' }),
      'llm.tools.0.tool.json_schema': json({ type: 'function', function: { name: 'huts' } }),
      [message(10, 'role')]: 'tool',
      [message(10, 'content')]: '4',
      [message(10, 'tool_call_id')]: 'c9',
      [message(2, 'role')]: 'user',
      [message(2, 'contents.0.message_content.type')]: 'text',
      [message(2, 'contents.0.message_content.text')]: 'Huts?',
      [message(2, 'contents.1.message_content.type')]: 'image',
      [message(2, 'contents.1.message_content.image.image.url')]: 'data:image/png;base64,AAAA',
      [message(2, 'content')]: 'Huts?',
      [message(1, 'role')]: 'system',
      [message(1, 'content')]: 'You plan hikes',
      'llm.output_messages.0.message.role': 'assistant',
      'llm.output_messages.0.message.tool_calls.0.tool_call.id': 'c9',
      'llm.output_messages.0.message.tool_calls.0.tool_call.function.name': 'huts',
      'llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments':
        '{"area":"Arolla"}',
      'output.value': json({ raw: true }),
    }),
    [],
  );
  expect(observation).toMatchObject({
    ...{ kind: 'generation', model: 'gpt-5-mini', provider: 'openai', cost: { total: 0.25 } },
    usage: { input: 210, output: 18, cacheRead: 128, reasoning: 8, total: 228 },
    modelParameters: { temperature: 1 },
    toolDefinitions: [{ name: 'huts' }],
    inputMessages: [
      { role: 'system', parts: [{ type: 'text', text: 'You plan hikes' }] },
      {
        role: 'user',
        parts: [
          { type: 'text', text: 'Huts?' },
          { type: 'media', mime: 'image/png', data: 'AAAA' },
        ],
      },
      { role: 'tool', parts: [{ type: 'toolResult', id: 'c9', result: '4' }] },
    ],
    outputMessages: [
      {
        role: 'assistant',
        parts: [{ type: 'toolCall', id: 'c9', name: 'huts', arguments: { area: 'Arolla' } }],
      },
    ],
  });
});

test('an index beyond reason allocates nothing, and hostile keys are left alone', () => {
  const observation = observe(
    span({
      'llm.input_messages.999999999.message.role': 'user',
      'llm.input_messages.999999999.message.content': 'hi',
      'llm.input_messages.__proto__.message.content': 'x',
      'llm.input_messages.0.message.constructor.prototype.polluted': 'x',
    }),
    [],
  );
  expect(observation.inputMessages).toEqual([
    { role: 'user', parts: [{ type: 'text', text: 'hi' }] },
  ]);
  expect(({} as { polluted?: string }).polluted).toBeUndefined();
});

test('retrievers, rerankers and embeddings', () => {
  const retriever = {
    'openinference.span.kind': 'RETRIEVER',
    'input.value': 'tides',
    'retrieval.documents.0.document.content': 'Low',
    'retrieval.documents.0.document.score': 0.5,
  };
  expect(observe(span(retriever), [])).toMatchObject({
    ...{ input: 'tides', output: [{ content: 'Low', score: 0.5 }] },
  });
  const reranker = { 'openinference.span.kind': 'RERANKER', 'reranker.query': 'tides' };
  expect(observe(span(reranker), [])).toMatchObject({ kind: 'reranker', input: 'tides' });
  const embedding = {
    'openinference.span.kind': 'EMBEDDING',
    'embedding.embeddings.0.embedding.text': 'one',
    'output.value': json([0, 0, 0]),
  };
  const { input, output } = observe(span(embedding), []);
  expect({ input, output }).toEqual({ input: ['one'], output: undefined });
});

test('tags, metadata, session, user and annotations', () => {
  const attributes = {
    'openinference.span.kind': 'CHAIN',
    'session.id': 's1',
    'user.id': 'ada',
    'tag.tags': '["a","b"]',
    metadata: json({ tier: 'gold' }),
    'annotations.0.annotation.name': 'helpful',
    'annotations.0.annotation.score': 0.5,
    'annotations.0.annotation.annotator_kind': 'LLM',
  };
  expect(observe(span(attributes), [])).toMatchObject({
    ...{ sessionId: 's1', userId: 'ada', tags: ['a', 'b'], metadata: { tier: 'gold' } },
    scores: [{ name: 'helpful', value: 0.5, source: 'judge' }],
  });
});
