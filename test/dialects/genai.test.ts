import { describe, expect, test } from 'vitest';
import { observe, summarise } from '../../src/dialects/observe';
import type { Value } from '../../src/model/value';
import { logOf, spanOf, type LogDraft, type SpanDraft } from './span';

const json = (value: unknown) => JSON.stringify(value);
const user = [{ role: 'user', parts: [{ type: 'text', text: 'Tide?' }] }];
const assistant = [{ role: 'assistant', parts: [{ type: 'text', text: 'Low' }] }];

describe('the operation decides the kind and the name', () => {
  test.each([
    ['chat', 'generation', 'a span'],
    ['generate_content', 'generation', 'a span'],
    ['text_completion', 'generation', 'a span'],
    ['embeddings', 'embedding', 'a span'],
    ['retrieval', 'retriever', 'a span'],
    ['execute_tool', 'tool', 'tide'],
    ['create_agent', 'agent', 'Pilot'],
    ['invoke_agent', 'agent', 'Pilot'],
    ['invoke_workflow', 'chain', 'a span'],
    ['plan', 'chain', 'a span'],
    ['search_memory', 'retriever', 'a span'],
    ['update_memory', 'span', 'a span'],
    ['aembedding', 'embedding', 'a span'],
    ['my_embedding_v2', 'embedding', 'a span'],
    ['constructor', 'tool', 'tide'],
  ])('%s', (operation, kind, name) => {
    const attributes = {
      'gen_ai.operation.name': operation,
      'gen_ai.tool.name': 'tide',
      'gen_ai.agent.name': 'Pilot',
    };
    expect(summarise(spanOf({ attributes }))).toMatchObject({ kind, name, agentName: 'Pilot' });
  });
});

test('the newest form, whole', () => {
  const span = spanOf({
    name: 'chat gpt-5-mini',
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-5-mini',
      'gen_ai.request.temperature': 0.5,
      'gen_ai.request.stop_sequences': ['END'],
      'gen_ai.output.type': 'json',
      'gen_ai.response.model': 'gpt-5-mini-2025-08-07',
      'gen_ai.response.id': 'resp_7f',
      'gen_ai.response.finish_reasons': ['stop'],
      'gen_ai.usage.input_tokens': 910,
      'gen_ai.usage.cache_read.input_tokens': 512,
      'gen_ai.usage.cache_write.input_tokens': 10,
      'gen_ai.usage.output_tokens': 41,
      'gen_ai.usage.reasoning.output_tokens': 24,
      'gen_ai.conversation.id': 'conv_ab',
      'gen_ai.prompt.name': 'triage',
      'gen_ai.prompt.version': '7',
      'gen_ai.prompt.variable.port': 'Brest',
      'gen_ai.response.time_to_first_chunk': 0.41,
      'gen_ai.system_instructions': json([{ type: 'text', content: 'Be brief' }]),
      'gen_ai.input.messages': json([
        { role: 'user', parts: [{ type: 'text', content: 'Tide?' }] },
      ]),
      'gen_ai.output.messages': json([
        { role: 'assistant', parts: [{ type: 'text', content: '{"tide":4.2}' }] },
      ]),
      'gen_ai.tool.definitions': json([{ type: 'function', name: 'tide' }]),
    },
  });
  expect(observe(span, [])).toMatchObject({
    kind: 'generation',
    name: 'chat gpt-5-mini',
    provider: 'openai',
    requestedModel: 'gpt-5-mini',
    model: 'gpt-5-mini-2025-08-07',
    responseId: 'resp_7f',
    finishReasons: ['stop'],
    usage: { input: 910, cacheRead: 512, cacheWrite: 10, output: 41, reasoning: 24, total: 951 },
    sessionId: 'conv_ab',
    prompt: { name: 'triage', version: '7' },
    timeToFirstTokenMs: 410,
    output: { tide: 4.2 },
    modelParameters: { temperature: 0.5, stop_sequences: ['END'], outputType: 'json' },
    metadata: { port: 'Brest' },
    toolDefinitions: [{ name: 'tide' }],
    inputMessages: [{ role: 'system', parts: [{ type: 'text', text: 'Be brief' }] }, ...user],
    dialect: { usage: 'genai', inputMessages: 'genai', kind: 'genai' },
  });
});

describe('older names', () => {
  test.each<[string, Value, object]>([
    ['gen_ai.usage.prompt_tokens', 5, { usage: { input: 5, total: 5 } }],
    ['gen_ai.usage.completion_tokens', '5', { usage: { output: 5, total: 5 } }],
    ['gen_ai.system', 'OpenAI', { provider: 'openai' }],
    ['gen_ai.system', 'vertex_ai', { provider: 'gcp.vertex_ai' }],
    ['gen_ai.response.finish_reasons', '["tool_calls"]', { finishReasons: ['tool_call'] }],
    [
      'gen_ai.response.finish_reasons',
      'end_turn,max_tokens',
      { finishReasons: ['stop', 'length'] },
    ],
    ['gen_ai.response.finish_reasons', ['FinishReason.STOP'], { finishReasons: ['stop'] }],
    ['gen_ai.response.finish_reasons', ['paused'], { finishReasons: ['paused'] }],
    ['gen_ai.usage.cache_creation.input_tokens', 3, { usage: { input: 3, cacheWrite: 3 } }],
    ['gen_ai.usage.details.reasoning_tokens', 3, { usage: { reasoning: 3 } }],
    ['gen_ai.usage.cost', 0.25, { cost: { total: 0.25 } }],
  ])('%s = %j', (key, value, expected) => {
    const attributes = {
      'gen_ai.request.model': 'm',
      'gen_ai.usage.input_tokens': 0,
      [key]: value,
    };
    if (key === 'gen_ai.usage.prompt_tokens')
      Reflect.deleteProperty(attributes, 'gen_ai.usage.input_tokens');
    expect(summarise(spanOf({ attributes }))).toMatchObject(expected);
  });

  test.each(['strands-agents', 'langchain'])('%s is no provider: the model tells', (framework) => {
    const attributes = { 'gen_ai.system': framework, 'gen_ai.request.model': 'claude-sonnet-5' };
    expect(summarise(spanOf({ attributes })).provider).toBe('anthropic');
  });

  test('a polled response does not count again', () => {
    const attributes = {
      'gen_ai.operation.name': 'fetch_response',
      'gen_ai.usage.input_tokens': 5,
    };
    expect(summarise(spanOf({ attributes })).usage).toBeUndefined();
  });
});

describe('messages travel', () => {
  const inAttributes = (values: Readonly<Record<string, Value>>) => spanOf({ attributes: values });
  test.each([
    ['as JSON text', json([{ role: 'user', parts: [{ type: 'text', content: 'Tide?' }] }])],
    ['as JSON text of JSON text', json(json([{ role: 'user', content: 'Tide?' }]))],
    ['as a list of JSON texts', [json({ role: 'user', content: 'Tide?' })]],
    ['as values', [{ role: 'user', parts: [{ type: 'text', content: 'Tide?' }] }]],
    ['cut off', '[{"role":"user","parts":[{"type":"text","content":"Tide?"'],
  ])('in an attribute, %s', (_, value) => {
    const span = inAttributes({ 'gen_ai.input.messages': value });
    expect(observe(span, []).inputMessages).toEqual(user);
  });

  test('in the single attributes of old', () => {
    const span = inAttributes({
      'gen_ai.prompt': json({ messages: [{ role: 'user', content: 'Tide?' }], model: 'm' }),
      'gen_ai.completion': json({ choices: [{ message: { role: 'assistant', content: 'Low' } }] }),
    });
    const { inputMessages, outputMessages, output } = observe(span, []);
    expect({ inputMessages, outputMessages, output }).toEqual({
      ...{ inputMessages: user, outputMessages: assistant, output: 'Low' },
    });
  });

  test('in the content events of old', () => {
    const events: NonNullable<SpanDraft['events']> = [
      {
        name: 'gen_ai.content.prompt',
        attributes: { 'gen_ai.prompt': json([{ role: 'user', content: 'Tide?' }]) },
      },
      {
        name: 'gen_ai.content.completion',
        attributes: { 'gen_ai.completion': json([{ role: 'assistant', content: 'Low' }]) },
      },
    ];
    expect(observe(spanOf({ events }), [])).toMatchObject({
      ...{ inputMessages: user, outputMessages: assistant, output: 'Low' },
    });
  });

  const call = {
    id: 'c1',
    type: 'function',
    function: { name: 'tide', arguments: '{"port":"Brest"}' },
  };
  const single: readonly (LogDraft & { readonly body: Readonly<Record<string, Value>> })[] = [
    {
      eventName: 'gen_ai.choice',
      time: 5,
      body: { index: 0, finish_reason: 'stop', message: { content: 'Low' } },
    },
    { eventName: 'gen_ai.system.message', time: 1, body: { content: 'Be brief' } },
    { eventName: 'gen_ai.user.message', time: 2, body: { content: 'Tide?' } },
    { eventName: 'gen_ai.assistant.message', time: 3, body: { tool_calls: [call] } },
    { eventName: 'gen_ai.tool.message', time: 4, body: { id: 'c1', content: '4.2' } },
  ];
  const told = {
    inputMessages: [
      { role: 'system', parts: [{ type: 'text', text: 'Be brief' }] },
      ...user,
      {
        role: 'assistant',
        parts: [{ type: 'toolCall', id: 'c1', name: 'tide', arguments: { port: 'Brest' } }],
      },
      { role: 'tool', parts: [{ type: 'toolResult', id: 'c1', result: '4.2' }] },
    ],
    outputMessages: assistant,
    output: 'Low',
  };

  test('in log records, one each, whatever their order', () => {
    expect(
      observe(spanOf({ attributes: { 'gen_ai.request.model': 'm' } }), single.map(logOf)),
    ).toMatchObject(told);
  });

  test('in log records whose body is JSON text', () => {
    const logs = single.map(({ body, ...rest }) => logOf({ ...rest, body: json(body) }));
    expect(observe(spanOf({}), logs)).toMatchObject(told);
  });

  test('in span events with flat fields', () => {
    const events = single.map(({ eventName, time = 0, body }) => ({
      name: eventName,
      time,
      attributes: Object.fromEntries(
        Object.entries(body).map(([key, value]) => [
          key,
          typeof value === 'object' ? json(value) : value,
        ]),
      ),
    }));
    expect(observe(spanOf({ events }), [])).toMatchObject(told);
  });

  test('calls beside the message of a choice', () => {
    const logs = [
      logOf({
        eventName: 'gen_ai.choice',
        body: { message: { role: 'assistant' }, tool_calls: [call] },
      }),
    ];
    expect(observe(spanOf({}), logs).outputMessages).toMatchObject([
      { role: 'assistant', parts: [{ type: 'toolCall', name: 'tide' }] },
    ]);
  });

  test('in one record of details, which the span’s own messages outrank', () => {
    const details = logOf({
      eventName: 'gen_ai.client.inference.operation.details',
      attributes: {
        'gen_ai.system_instructions': [{ type: 'text', content: 'Be brief' }],
        'gen_ai.input.messages': [{ role: 'user', parts: [{ type: 'text', content: 'Tide?' }] }],
        'gen_ai.output.messages': json([
          { role: 'assistant', parts: [{ type: 'text', content: 'Low' }] },
        ]),
      },
    });
    expect(observe(spanOf({}), [details])).toMatchObject({
      inputMessages: [{ role: 'system' }, { role: 'user' }],
      outputMessages: assistant,
    });
    const own = { 'gen_ai.input.messages': json([{ role: 'user', content: 'Wind?' }]) };
    expect(observe(spanOf({ attributes: own }), [details]).inputMessages).toEqual([
      { role: 'user', parts: [{ type: 'text', text: 'Wind?' }] },
    ]);
  });
});

test('tools, retrievers and memories have input and output of their own', () => {
  const tool = {
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': 'tide',
    'gen_ai.tool.call.arguments': '{"port":"Brest"}',
    'gen_ai.tool.call.result': { tide: 4.2 },
  };
  expect(observe(spanOf({ attributes: tool }), [])).toMatchObject({
    ...{ kind: 'tool', toolName: 'tide', input: { port: 'Brest' }, output: { tide: 4.2 } },
  });
  const retriever = {
    'gen_ai.operation.name': 'retrieval',
    'gen_ai.retrieval.query.text': 'tides',
    'gen_ai.retrieval.documents': '[{"id":"d1","score":0.9}]',
  };
  expect(observe(spanOf({ attributes: retriever }), [])).toMatchObject({
    ...{ kind: 'retriever', input: 'tides', output: [{ id: 'd1', score: 0.9 }] },
  });
});

test('evaluations become scores, each once', () => {
  const attributes = {
    'gen_ai.evaluation.name': 'helpful',
    'gen_ai.evaluation.score.value': 0.5,
    'gen_ai.evaluation.score.label': 'so so',
    'gen_ai.evaluation.explanation': 'short',
  };
  const event = { name: 'gen_ai.evaluation.result', attributes };
  const log = logOf({ eventName: 'gen_ai.evaluation.result', attributes });
  expect(observe(spanOf({ events: [event] }), [log]).scores).toEqual([
    { name: 'helpful', value: 0.5, label: 'so so', comment: 'short', source: 'otlp' },
  ]);
});
