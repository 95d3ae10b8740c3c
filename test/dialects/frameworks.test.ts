import { describe, expect, test } from 'vitest';
import { observe, summarise } from '../../src/dialects/observe';
import type { Value } from '../../src/model/value';
import { spanOf } from './span';

/** What the captures do not show of OpenLLMetry, Vercel, LangSmith, LiteLLM, MCP and Pydantic AI. */

type Values = Readonly<Record<string, Value>>;
const json = (value: unknown) => JSON.stringify(value);
const read = (attributes: Values, scope = 'some.library', name = 'a span') =>
  observe(spanOf({ attributes, scope, name }), []);

describe('OpenLLMetry', () => {
  test('messages flattened of old', () => {
    const observation = read({
      'llm.request.type': 'chat',
      'gen_ai.system': 'OpenAI',
      'gen_ai.request.model': 'gpt-5-mini',
      'traceloop.workflow.name': 'menu',
      'traceloop.association.properties.user_id': 'u2',
      'traceloop.association.properties.thread_id': 't1',
      'gen_ai.prompt.0.role': 'system',
      'gen_ai.prompt.0.content': 'Chef',
      'gen_ai.prompt.1.role': 'user',
      'gen_ai.prompt.1.content': json([{ type: 'text', text: 'Soup?' }]),
      'gen_ai.completion.0.role': 'assistant',
      'gen_ai.completion.0.finish_reason': 'tool_calls',
      'gen_ai.completion.0.tool_calls.0.id': 'c4',
      'gen_ai.completion.0.tool_calls.0.name': 'stock',
      'gen_ai.completion.0.tool_calls.0.arguments': '{"item":"leek"}',
      'gen_ai.usage.prompt_tokens': 61,
      'gen_ai.usage.completion_tokens': 14,
      'llm.usage.total_tokens': 75,
      'llm.request.functions.0.name': 'stock',
      'llm.request.functions.0.parameters': '{"type":"object"}',
    });
    expect(observation).toMatchObject({
      ...{ kind: 'generation', userId: 'u2', sessionId: 't1', provider: 'openai' },
      usage: { input: 61, output: 14, total: 75 },
      finishReasons: ['tool_call'],
      toolDefinitions: [{ name: 'stock', parameters: { type: 'object' } }],
      inputMessages: [
        { role: 'system', parts: [{ type: 'text', text: 'Chef' }] },
        { role: 'user', parts: [{ type: 'text', text: 'Soup?' }] },
      ],
      outputMessages: [
        {
          role: 'assistant',
          parts: [{ type: 'toolCall', id: 'c4', name: 'stock', arguments: { item: 'leek' } }],
        },
      ],
      metadata: { user_id: 'u2' },
    });
  });

  test.each([
    ['workflow', 'chain', 'menu'],
    ['task', 'chain', 'menu'],
    ['agent', 'agent', 'menu'],
    ['tool', 'tool', 'menu'],
    ['handoff', 'handoff', 'menu'],
    ['unknown', 'span', 'menu'],
  ])('a %s', (said, kind, name) => {
    const attributes = {
      'traceloop.span.kind': said,
      'traceloop.entity.name': 'menu',
      'traceloop.entity.input': json({ args: [], kwargs: { a: 1 } }),
      'traceloop.entity.output': json({ outputs: 'soup' }),
    };
    expect(read(attributes)).toMatchObject({ kind, name, input: { a: 1 }, output: 'soup' });
  });

  test('a task that calls a model is the call', () => {
    const attributes = { 'traceloop.span.kind': 'task', 'gen_ai.request.model': 'm' };
    expect(read(attributes).kind).toBe('generation');
  });

  test('what a vector store found', () => {
    const span = spanOf({
      attributes: { 'traceloop.entity.name': 'x' },
      events: [
        {
          name: 'db.query.result',
          attributes: { 'db.query.result.id': 'd1', 'db.query.result.score': 1 },
        },
      ],
    });
    expect(observe(span, []).output).toEqual([{ id: 'd1', score: 1 }]);
  });
});

describe('Vercel', () => {
  const vercel = (operation: string, attributes: Values) =>
    read({ 'ai.operationId': operation, ...attributes }, 'ai', operation);

  test.each<[string, Values, string]>([
    ['ai.generateText', {}, 'chain'],
    ['ai.generateText', { 'ai.response.toolCalls': '[]' }, 'agent'],
    ['ai.streamText', { 'ai.settings.maxSteps': 3 }, 'agent'],
    ['ai.generateText.doGenerate', {}, 'generation'],
    ['ai.streamObject.doStream', {}, 'generation'],
    ['ai.embed.doEmbed', {}, 'embedding'],
    ['ai.embedMany', {}, 'chain'],
    ['ai.rerank.doRerank', {}, 'reranker'],
    ['ai.toolCall', {}, 'tool'],
  ])('%s %j', (operation, attributes, kind) => {
    expect(vercel(operation, attributes).kind).toBe(kind);
  });

  test('a step of version 4', () => {
    const observation = vercel('ai.generateText.doGenerate', {
      'ai.model.id': 'gpt-4o',
      'ai.model.provider': 'openai.chat',
      'ai.prompt.messages': json([{ role: 'user', content: [{ type: 'text', text: 'Pack?' }] }]),
      'ai.prompt.tools': [json({ type: 'function', name: 'pack', parameters: {} })],
      'ai.response.text': 'Sure',
      'ai.response.toolCalls': json([{ toolCallId: 'c1', toolName: 'pack', args: '{"n":1}' }]),
      'ai.response.finishReason': 'tool-calls',
      'ai.response.msToFirstChunk': 12,
      'ai.usage.promptTokens': 10,
      'ai.usage.completionTokens': 5,
      'ai.response.providerMetadata': json({
        openai: { cachedPromptTokens: 4, reasoningTokens: 2 },
      }),
      'ai.telemetry.metadata.userId': 'ada',
      'ai.telemetry.metadata.sessionId': 's1',
      'ai.telemetry.metadata.tags': ['demo'],
      'ai.telemetry.functionId': 'trip-bot',
    });
    expect(observation).toMatchObject({
      ...{ requestedModel: 'gpt-4o', provider: 'openai', name: 'ai.generateText.doGenerate' },
      ...{ userId: 'ada', sessionId: 's1', tags: ['demo'], timeToFirstTokenMs: 12 },
      usage: { input: 10, output: 5, cacheRead: 4, reasoning: 2, total: 15 },
      finishReasons: ['tool_call'],
      toolDefinitions: [{ name: 'pack' }],
      outputMessages: [
        {
          parts: [
            { type: 'text', text: 'Sure' },
            { type: 'toolCall', id: 'c1', name: 'pack', arguments: { n: 1 } },
          ],
        },
      ],
    });
  });

  test('a tool call and an object', () => {
    expect(
      vercel('ai.toolCall', {
        'ai.toolCall.name': 'pack',
        'ai.toolCall.args': '{"n":1}',
        'ai.toolCall.result': '"done"',
      }),
    ).toMatchObject({ kind: 'tool', name: 'pack', input: { n: 1 }, output: 'done' });
    expect(vercel('ai.generateObject', { 'ai.response.object': '{"a":1}' }).output).toEqual({
      a: 1,
    });
  });

  test('spans of the same scope that another SDK rewrote are that SDK’s', () => {
    const attributes = { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'm' };
    expect(read(attributes, 'ai').kind).toBe('generation');
  });
});

describe('LangSmith', () => {
  test.each([
    ['llm', 'generation'],
    ['retriever', 'retriever'],
    ['prompt', 'span'],
    ['embedding', 'embedding'],
  ])('the type of the run %s beats the operation', (type, kind) => {
    const attributes = { 'langsmith.span.kind': type, 'gen_ai.operation.name': 'embeddings' };
    expect(read(attributes, 'langsmith').kind).toBe(kind);
  });

  test('bytes and printed Python', () => {
    const bytes = (value: unknown) => new TextEncoder().encode(json(value));
    const observation = read(
      {
        'langsmith.span.kind': 'llm',
        'gen_ai.prompt': bytes({ messages: [[{ type: 'human', content: 'Tide?' }]] }),
        'gen_ai.completion': bytes({
          choices: [{ message: { role: 'assistant', content: 'Low' } }],
        }),
        'gen_ai.usage.input_tokens': 10,
        'gen_ai.usage.output_tokens': 5,
        'gen_ai.usage.input_token_details': "{'cache_read': 4, 'audio': 0}",
        'gen_ai.response.finish_reasons': 'stop, length',
        'langsmith.trace.session_name': 'a project',
      },
      'langsmith',
    );
    expect(observation).toMatchObject({
      usage: { input: 10, output: 5, cacheRead: 4, total: 15 },
      inputMessages: [{ role: 'user' }],
      output: 'Low',
      finishReasons: ['stop', 'length'],
    });
    expect(observation.sessionId).toBeUndefined();
  });
});

describe('LiteLLM', () => {
  test('guardrails, costs, users', () => {
    const attributes = { 'litellm.guardrail.name': 'pii', 'litellm.end_user.id': 'ada' };
    expect(read(attributes, 'litellm')).toMatchObject({
      ...{ kind: 'guardrail', name: 'pii', userId: 'ada' },
    });
  });

  test('the raw request below a call is no call', () => {
    const row = summarise(
      spanOf({
        scope: 'litellm',
        name: 'raw_gen_ai_request',
        attributes: { 'gen_ai.request.model': 'm' },
      }),
    );
    expect(row).toMatchObject({ kind: 'span' });
  });
});

describe('MCP', () => {
  test.each<[Values, object]>([
    [
      {
        'mcp.method.name': 'tools/call',
        'gen_ai.tool.name': 'tide',
        'gen_ai.tool.call.arguments': '{"a":1}',
      },
      { kind: 'tool', name: 'tide', toolName: 'tide', input: { a: 1 } },
    ],
    [{ 'mcp.method.name': 'tools/list' }, { kind: 'span', name: 'tools/list' }],
    [
      { 'mcp.method.name': 'resources/read', 'mcp.resource.uri': 'file:///a' },
      { kind: 'span', name: 'resources/read file:///a' },
    ],
  ])('%j', (attributes, expected) => {
    expect(read({ ...attributes, 'mcp.session.id': 'x' })).toMatchObject(expected);
    expect(read({ ...attributes, 'mcp.session.id': 'x' }).sessionId).toBeUndefined();
  });
});

describe('Pydantic AI', () => {
  test('an agent of version 1 is told by its result', () => {
    const observation = read(
      {
        agent_name: 'billing',
        model_name: 'gpt-5-mini',
        final_result: '{"ok":true}',
        'gen_ai.usage.input_tokens': 10,
        all_messages_events: json([
          { 'event.name': 'gen_ai.user.message', role: 'user', content: 'Refund' },
          { 'event.name': 'gen_ai.assistant.message', role: 'assistant', content: 'Done' },
        ]),
      },
      'pydantic-ai',
      'agent run',
    );
    expect(observation).toMatchObject({
      ...{ kind: 'agent', name: 'billing', agentName: 'billing', output: { ok: true } },
      inputMessages: [{ role: 'user' }],
      outputMessages: [{ role: 'assistant' }],
    });
    expect(observation.cost).toBeUndefined();
  });

  test('a tool of version 2', () => {
    const attributes = {
      'gen_ai.tool.name': 'tide',
      tool_arguments: '{"a":1}',
      tool_response: '4.2',
      'logfire.msg': 'running tool: tide',
    };
    expect(read(attributes, 'pydantic-ai', 'running tool')).toMatchObject({
      ...{ kind: 'tool', name: 'tide', input: { a: 1 }, output: '4.2' },
    });
  });

  test('what the run was asked, without the history', () => {
    const user = (content: string) => ({ role: 'user', parts: [{ type: 'text', content }] });
    const attributes = {
      'gen_ai.operation.name': 'invoke_agent',
      'pydantic_ai.all_messages': json([
        user('before'),
        { role: 'assistant', parts: [{ type: 'text', content: 'yes' }] },
        user('Refund'),
        { role: 'assistant', parts: [{ type: 'text', content: 'Done' }] },
      ]),
      'pydantic_ai.new_message_index': 2,
    };
    expect(read(attributes, 'pydantic-ai')).toMatchObject({ input: 'Refund', output: 'Done' });
  });

  test('an evaluated case has scores', () => {
    const attributes = {
      scores: json({ overlap: { value: 0.5, reason: 'half' } }),
      labels: json({ tone: { value: 'kind' } }),
      assertions: json({ short: { value: true } }),
    };
    expect(read(attributes, 'pydantic-evals', 'case: one')).toMatchObject({
      kind: 'chain',
      scores: [
        { name: 'overlap', value: 0.5, comment: 'half', source: 'otlp' },
        { name: 'tone', label: 'kind', source: 'otlp' },
        { name: 'short', value: 1, source: 'otlp' },
      ],
    });
  });
});

test.each([
  ['llm', 3],
  ['chain', undefined],
])(
  'LangSmith repeats tokens on steps they pass through: those of a run of type %s',
  (type, input) => {
    const attributes = { 'langsmith.span.kind': type, 'gen_ai.usage.input_tokens': 3 };
    expect(summarise(spanOf({ attributes })).usage?.input).toBe(input);
  },
);
