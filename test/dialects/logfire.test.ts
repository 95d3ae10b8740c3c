import { describe, expect, test } from 'vitest';
import { observe, summarise } from '../../src/dialects/observe';
import type { Value } from '../../src/model/value';
import { spanOf } from './span';

const json = (value: unknown) => JSON.stringify(value);

describe('the envelope', () => {
  test('message, level and tags', () => {
    const span = spanOf({
      scope: 'logfire',
      name: 'greet {who}',
      attributes: {
        'logfire.msg': 'greet Ada',
        'logfire.msg_template': 'greet {who}',
        'logfire.level_num': 13,
        'logfire.tags': ['LLM', 'demo'],
      },
    });
    expect(summarise(span)).toMatchObject({ name: 'greet Ada', level: 'warning', tags: ['demo'] });
  });

  test('arguments are decoded by the schema', () => {
    const span = spanOf({
      scope: 'logfire',
      attributes: {
        'logfire.msg': 'x',
        'code.lineno': 3,
        who: '{"name":"Ada"}',
        group: 'null',
        count: 3,
        'logfire.json_schema': json({
          type: 'object',
          properties: { who: { type: 'object' }, group: { type: 'null' }, count: {} },
        }),
      },
    });
    const observation = observe(span, []);
    expect({ ...(observation.input as object) }).toEqual({ who: { name: 'Ada' }, count: 3 });
    expect(observation.dialect.input).toBe('logfire');
  });

  test('attributes of instrumentations are no arguments', () => {
    const span = spanOf({ scope: 'logfire.asyncpg', attributes: { 'logfire.msg': 'x', a: 1 } });
    expect(observe(span, []).input).toBeUndefined();
  });
});

describe('the Agents SDK', () => {
  const agents = (template: string, attributes: Readonly<Record<string, Value>>) =>
    spanOf({
      scope: 'logfire.openai_agents',
      name: template,
      attributes: {
        'logfire.msg_template': template,
        'logfire.msg': template,
        'gen_ai.system': 'openai',
        ...attributes,
      },
    });

  test.each<[string, Readonly<Record<string, Value>>, object]>([
    [
      'OpenAI Agents trace: {name}',
      { name: 'Desk', group_id: 't9', metadata: '{"a":1}' },
      { kind: 'chain', name: 'Desk', sessionId: 't9', metadata: { a: 1 } },
    ],
    ['OpenAI Agents trace: {name}', { name: 'Desk', group_id: 'null' }, { kind: 'chain' }],
    [
      'Agent run: {name!r}',
      { name: 'Pilot', tools: '["tide"]' },
      { kind: 'agent', name: 'Pilot', agentName: 'Pilot', toolDefinitions: [{ name: 'tide' }] },
    ],
    [
      'Function: {name}',
      { name: 'tide', input: '{"port":"Brest"}', output: '4.2', mcp_data: 'null' },
      { kind: 'tool', name: 'tide', toolName: 'tide', input: { port: 'Brest' }, output: '4.2' },
    ],
    [
      'Handoff: {from_agent} → {to_agent}',
      { from_agent: 'A', to_agent: 'B' },
      { kind: 'handoff', name: 'A → B', input: 'A', output: 'B' },
    ],
    [
      'Guardrail {name!r} {triggered=}',
      { name: 'polite', triggered: true },
      {
        kind: 'guardrail',
        name: 'polite',
        level: 'warning',
        status: 'ok',
        output: { triggered: true },
      },
    ],
    [
      'Guardrail {name!r} {triggered=}',
      { name: "[Scrubbed due to 'secret']" },
      { kind: 'guardrail', name: 'guardrail' },
    ],
    [
      'Custom span: {name}',
      { name: 'step', data: '{"a":1}' },
      { kind: 'span', name: 'step', input: { a: 1 } },
    ],
    [
      'Task: Desk',
      { sdk_span_type: 'task', usage: '{"input_tokens":5}' },
      { kind: 'chain', metadata: { aggregatedUsage: { input_tokens: 5 } } },
    ],
    [
      'Turn {turn} for agent Pilot',
      { sdk_span_type: 'turn', agent_name: 'Pilot' },
      { kind: 'chain', agentName: 'Pilot' },
    ],
    [
      'MCP: list tools from server {server}',
      { server: 's', result: '["a"]' },
      { kind: 'span', input: 's', output: ['a'] },
    ],
    [
      'Speech → Text with {gen_ai.request.model!r}',
      { output: 'hello', 'gen_ai.request.model': 'whisper-1' },
      { kind: 'generation', output: 'hello' },
    ],
    ['Text → Speech group', { input: 'hello' }, { kind: 'chain', input: 'hello' }],
    ['OpenAI agents: {type} span', { type: 'newest' }, { kind: 'span' }],
  ])('%s %j', (template, attributes, expected) => {
    expect(observe(agents(template, attributes), [])).toMatchObject(expected);
  });

  test('tasks and turns have no tokens of their own, and no span but a call a provider', () => {
    const usage = json({ input_tokens: 5, output_tokens: 6 });
    for (const sort of ['task', 'turn']) {
      const row = summarise(agents(`Custom span: {name}`, { sdk_span_type: sort, usage }));
      expect(row.usage).toBeUndefined();
      expect(row.provider).toBeUndefined();
    }
  });

  test('the default name of a workflow names no trace', () => {
    const name = (value: string) =>
      summarise(agents('OpenAI Agents trace: {name}', { name: value })).traceName;
    expect(name('Agent workflow')).toBeUndefined();
    expect(name('Desk')).toBe('Desk');
  });

  test('an error fails the span, says why, and leaves its name', () => {
    const span = agents('Responses API with {gen_ai.request.model!r}', {
      'gen_ai.request.model': 'm',
      'logfire.msg': "Responses API with 'm' failed: no luck",
      'logfire.level_num': 17,
      error: json({ message: 'no luck', data: { error: 'code 500' } }),
    });
    expect(summarise(span)).toMatchObject({
      ...{ status: 'error', level: 'error', statusMessage: 'no luck: code 500' },
      name: "Responses API with 'm'",
    });
  });

  test('a chat call', () => {
    const span = agents('Chat completion with {gen_ai.request.model!r}', {
      'gen_ai.request.model': 'm',
      'gen_ai.response.model': 'm',
      input: json([{ role: 'user', content: 'Tide?' }]),
      output: json([{ role: 'assistant', content: 'Low' }]),
      model_config: json({ temperature: 0, top_p: null, base_url: 'http://x' }),
      usage: json({
        input_tokens: 5,
        output_tokens: 6,
        input_tokens_details: { cached_tokens: 4 },
      }),
      'gen_ai.usage.input_tokens': 5,
      'gen_ai.usage.output_tokens': 6,
      request_data: json({
        messages: [
          { role: 'user', content: 'Tide?' },
          { role: 'assistant', content: 'Low' },
        ],
      }),
    });
    expect(observe(span, [])).toMatchObject({
      kind: 'generation',
      usage: { input: 5, output: 6, cacheRead: 4, total: 11 },
      inputMessages: [{ role: 'user' }],
      outputMessages: [{ role: 'assistant', parts: [{ type: 'text', text: 'Low' }] }],
      output: 'Low',
      modelParameters: { temperature: 0 },
      dialect: { usage: 'logfire-agents', model: 'genai' },
    });
  });

  test('a responses call without its response reads the events', () => {
    const span = agents('Responses API', {
      events: json([
        { 'event.name': 'gen_ai.user.message', role: 'user', content: 'Tide?' },
        { 'event.name': 'gen_ai.assistant.message', role: 'assistant', content: 'Low' },
      ]),
    });
    expect(observe(span, [])).toMatchObject({
      inputMessages: [{ role: 'user' }],
      outputMessages: [{ role: 'assistant' }],
    });
  });
});

describe('clients', () => {
  test('what Anthropic leaves out of its input is counted once', () => {
    const span = spanOf({
      scope: 'logfire.anthropic',
      attributes: {
        'gen_ai.usage.input_tokens': 100,
        'gen_ai.usage.raw': json({
          input_tokens: 30,
          output_tokens: 5,
          cache_read_input_tokens: 60,
          cache_creation_input_tokens: 10,
        }),
        'operation.cost': 0.01,
        request_data: json({
          model: 'm',
          system: 'Be brief',
          max_tokens: 9,
          messages: [{ role: 'user', content: 'Tide?' }],
        }),
        response_data: json({ message: { role: 'assistant', content: 'Low' }, usage: {} }),
      },
    });
    expect(observe(span, [])).toMatchObject({
      kind: 'generation',
      usage: { input: 100, cacheRead: 60, cacheWrite: 10, output: 5, total: 105 },
      cost: { total: 0.01 },
      inputMessages: [{ role: 'system' }, { role: 'user' }],
      output: 'Low',
      modelParameters: { max_tokens: 9 },
    });
  });

  test('a streamed answer is an event with the tokens', () => {
    const span = spanOf({
      scope: 'logfire.openai',
      attributes: {
        'logfire.span_type': 'log',
        'logfire.msg': 'streaming response took 0.1s',
        request_data: json({ messages: [{ role: 'user', content: 'Tide?' }], stream: true }),
        response_data: json({ combined_chunk_content: 'Low', chunk_count: 2 }),
        'gen_ai.usage.input_tokens': 5,
      },
    });
    expect(observe(span, [])).toMatchObject({ kind: 'event', output: 'Low', usage: { input: 5 } });
  });

  test('MCP calls of a tool are tools', () => {
    const span = spanOf({
      scope: 'logfire.mcp',
      attributes: {
        'rpc.method': 'tools/call',
        request: json({
          method: 'tools/call',
          params: { name: 'tide', arguments: { port: 'Brest' } },
        }),
        response: json({ content: [] }),
      },
    });
    expect(observe(span, [])).toMatchObject({
      ...{ kind: 'tool', name: 'tide', input: { port: 'Brest' }, output: { content: [] } },
    });
  });
});
