import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { control, observe, summarise } from '../../src/dialects/observe';
import { dialects } from '../../src/dialects/list';
import type { Value } from '../../src/model/value';
import { logOf, spanOf, type SpanDraft } from './span';

describe('kind', () => {
  test.each<[string, SpanDraft, string]>([
    ['a span nobody understands', {}, 'span'],
    ['said outright', { attributes: { 'gen_ai.operation.name': 'execute_tool' } }, 'tool'],
    ['a model', { attributes: { 'gen_ai.request.model': 'm' } }, 'generation'],
    ['tokens', { attributes: { 'gen_ai.usage.input_tokens': 0 } }, 'generation'],
    ['an agent’s name is context', { attributes: { 'gen_ai.agent.name': 'a' } }, 'span'],
    ['a system is context', { attributes: { 'gen_ai.system': 'openai' } }, 'span'],
    [
      'a tool call with a model in context',
      { attributes: { 'gen_ai.tool.name': 't', 'gen_ai.request.model': 'm' } },
      'tool',
    ],
    ['a log of Logfire', { attributes: { 'logfire.span_type': 'log' } }, 'event'],
    [
      'our own hook wins',
      {
        scope: 'glassbox',
        attributes: { 'glassbox.observation.kind': 'guardrail', 'gen_ai.operation.name': 'chat' },
      },
      'guardrail',
    ],
    [
      'a kind we do not know gives way',
      { attributes: { 'glassbox.observation.kind': 'x', 'gen_ai.operation.name': 'chat' } },
      'generation',
    ],
  ])('%s', (_, draft, kind) => {
    expect(summarise(spanOf(draft)).kind).toBe(kind);
  });
});

describe('status, level and message', () => {
  const exception = {
    name: 'exception',
    attributes: { 'exception.type': 'ValueError', 'exception.message': 'no such port' },
  };
  test.each<[string, SpanDraft, readonly [string, string, string | undefined]]>([
    ['unset is fine', {}, ['ok', 'info', undefined]],
    ['without an end it runs', { endTime: undefined }, ['running', 'info', undefined]],
    ['an error', { status: 'error', statusMessage: 'broke' }, ['error', 'error', 'broke']],
    [
      'an error that says why in an exception',
      { status: 'error', events: [{ name: 'other' }, exception] },
      ['error', 'error', 'ValueError: no such port'],
    ],
    [
      'an error of which only the type is known',
      { status: 'error', attributes: { 'error.type': 'timeout' } },
      ['error', 'error', 'timeout'],
    ],
    ['an exception that was handled', { events: [exception] }, ['ok', 'info', undefined]],
    [
      'Logfire’s level is error',
      { attributes: { 'logfire.level_num': 17, 'logfire.msg': 'no luck' } },
      ['error', 'error', 'no luck'],
    ],
    ['Logfire warns', { attributes: { 'logfire.level_num': 13 } }, ['ok', 'warning', undefined]],
    ['Logfire debugs', { attributes: { 'logfire.level_num': 5 } }, ['ok', 'debug', undefined]],
    ['an error type alone', { attributes: { 'error.type': 'x' } }, ['ok', 'info', undefined]],
  ])('%s', (_, draft, expected) => {
    const { status, level, statusMessage } = summarise(spanOf(draft));
    expect([status, level, statusMessage]).toEqual(expected);
  });
});

describe('what belongs to AI', () => {
  test.each<[string, SpanDraft, boolean]>([
    ['an HTTP server', { attributes: { 'http.request.method': 'GET' } }, false],
    ['a plain Logfire span', { scope: 'logfire', attributes: { 'logfire.msg': 'hi' } }, false],
    ['a generation', { attributes: { 'gen_ai.request.model': 'm' } }, true],
    ['a span of a known scope', { scope: 'glassbox' }, true],
    ['a custom span of the Agents SDK', { scope: 'logfire.openai_agents' }, true],
  ])('%s', (_, draft, ai) => {
    expect(summarise(spanOf(draft)).ai).toBe(ai);
  });
});

test('the process tells service, environment, release and run; a span may say more', () => {
  const span = spanOf({
    resource: {
      'service.name': 'desk',
      'service.version': '1.2',
      'deployment.environment.name': 'dev',
      'glassbox.run.id': 'run-1',
    },
    attributes: { 'glassbox.case.id': 'case-7', 'glassbox.case.repeat': 2 },
  });
  expect(summarise(span)).toMatchObject({
    serviceName: 'desk',
    release: '1.2',
    environment: 'dev',
    run: { runId: 'run-1', caseId: 'case-7', caseRepeat: 2 },
  });
});

test('only calls are priced, and a stated cost wins', () => {
  const attributes = { 'gen_ai.response.model': 'gpt-5-mini', 'gen_ai.usage.input_tokens': 1000 };
  const call = observe(spanOf({ attributes }), []);
  expect(call.cost?.total).toBeCloseTo(0.00025, 9);
  expect(call.dialect.cost).toBe('prices');
  const agent = { ...attributes, 'gen_ai.operation.name': 'invoke_agent' };
  expect(summarise(spanOf({ attributes: agent })).cost).toBeUndefined();
  const stated = observe(spanOf({ attributes: { ...attributes, 'operation.cost': 0.5 } }), []);
  expect(stated.cost).toEqual({ total: 0.5 });
  expect(stated.dialect.cost).toBe('logfire');
  const unknown = { ...attributes, 'gen_ai.response.model': 'no-such-model' };
  expect(summarise(spanOf({ attributes: unknown })).cost).toBeUndefined();
});

test.each([
  [0.25, 250],
  [-1, undefined],
  [5, undefined],
])('a first token after %d s of a span of one is %s ms', (seconds, expected) => {
  const attributes = { 'gen_ai.response.time_to_first_chunk': seconds };
  expect(summarise(spanOf({ attributes })).timeToFirstTokenMs).toBe(expected);
});

test('events are the span’s and the logs that are not the conversation, in order', () => {
  const span = spanOf({ events: [{ name: 'second', time: 20, attributes: { a: 1 } }] });
  const logs = [
    logOf({ eventName: '', time: 30, body: 'third' }),
    logOf({ eventName: 'first', time: 10 }),
    logOf({ eventName: 'gen_ai.user.message', time: 15, body: { content: 'hi' } }),
  ];
  expect(observe(span, logs).events).toEqual([
    { name: 'first', time: 10, attributes: { severity: 9 } },
    { name: 'second', time: 20, attributes: { a: 1 } },
    { name: 'log', time: 30, attributes: { body: 'third', severity: 9 } },
  ]);
});

test('all attributes are kept as sent, those around the span under their own prefix', () => {
  const span = spanOf({
    attributes: { n: 1, b: new Uint8Array([104, 105]), raw: new Uint8Array([255, 0]) },
    resource: { 'service.name': 'desk' },
  });
  expect(observe(span, []).attributes).toEqual({
    n: 1,
    b: 'hi',
    raw: '/wA=',
    'resource.service.name': 'desk',
    'scope.name': 'some.library',
  });
});

test('a key that would pollute is only a key', () => {
  const attributes = JSON.parse(
    '{"__proto__":{"polluted":1},"gen_ai.request.__proto__":"x","gen_ai.input.messages":"[{\\"role\\":\\"user\\",\\"__proto__\\":{\\"polluted\\":1},\\"content\\":\\"hi\\"}]"}',
  ) as Record<string, Value>;
  const observation = observe(spanOf({ attributes }), []);
  expect(observation.inputMessages).toEqual([
    { role: 'user', parts: [{ type: 'text', text: 'hi' }] },
  ]);
  expect(({} as { polluted?: number }).polluted).toBeUndefined();
  expect(Object.getPrototypeOf(observation.attributes)).toBe(Object.prototype);
});

describe('whatever a span holds', () => {
  const keys = [
    ...['gen_ai.input.messages', 'gen_ai.output.messages', 'gen_ai.system_instructions'],
    ...['gen_ai.tool.definitions', 'gen_ai.usage.input_tokens', 'gen_ai.response.finish_reasons'],
    ...['gen_ai.request.model', 'gen_ai.operation.name', 'gen_ai.prompt', 'gen_ai.completion'],
    ...['request_data', 'response_data', 'events', 'response', 'raw_input', 'usage', 'error'],
    ...['logfire.msg_template', 'logfire.json_schema', 'logfire.level_num', 'logfire.tags'],
    ...['logfire.span_type', 'logfire.pending_parent_id', 'tools', 'handoffs', 'name', 'input'],
    ...['glassbox.input', 'glassbox.observation.kind', 'code.filepath', 'db.statement'],
    ...['model_config', 'model_settings', 'gen_ai.usage.raw', 'metadata', 'output', 'data'],
    ...extraKeys(),
  ];
  const scopes = [
    ...['logfire', 'logfire.openai_agents', 'logfire.openai', 'logfire.mcp', 'glassbox', 'ai'],
    ...['litellm', 'langsmith', 'pydantic-ai', 'openinference.instrumentation.x', 'x'],
  ];
  const templates = ['Agent run: x', 'Responses API', 'Chat completion with x', 'Function: x'];
  const jsonText = fc.json({ maxDepth: 4 });
  const cut = fc.tuple(jsonText, fc.nat()).map(([text, n]) => text.slice(0, n % (text.length + 1)));
  const value: fc.Arbitrary<Value> = fc.oneof(
    ...[jsonText, cut, fc.string(), fc.double(), fc.boolean(), fc.constant(null)],
    fc.uint8Array({ maxLength: 8 }),
    fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Value>,
    fc.constantFrom(...templates, 'null', 'None', '{}', '"\\"{}\\""', '['.repeat(5000)),
  );
  const attributes = fc.dictionary(fc.oneof(fc.constantFrom(...keys), fc.string()), value);
  const draft = fc.record({
    name: fc.oneof(fc.string(), fc.constantFrom(...templates)),
    scope: fc.constantFrom(...scopes),
    attributes,
    status: fc.constantFrom('unset' as const, 'ok' as const, 'error' as const),
    endTime: fc.option(fc.nat(), { nil: undefined }),
    parentSpanId: fc.option(fc.constant('b7ad6b7169203332'), { nil: undefined }),
    events: fc.array(
      fc.record({
        name: fc.constantFrom('exception', 'gen_ai.choice', 'gen_ai.user.message', 'x'),
        attributes,
      }),
      { maxLength: 3 },
    ),
  });
  const log = fc.record({
    eventName: fc.constantFrom('gen_ai.choice', 'gen_ai.tool.message', 'gen_ai.evaluation.result'),
    body: value,
    attributes,
  });

  test('nothing is thrown, and the row says what the whole says', () => {
    fc.assert(
      fc.property(draft, fc.array(log, { maxLength: 3 }), (one, logs) => {
        const span = control(spanOf(one));
        if (!span) return;
        const { ai: _ai, traceName: _traceName, join: _join, ...row } = summarise(span);
        const whole = observe(span, logs.map(logOf));
        expect(whole).toMatchObject(row);
        expect(() => JSON.stringify(whole)).not.toThrow();
      }),
      { numRuns: 600 },
    );
  });

  function extraKeys(): readonly string[] {
    return [
      ...['llm.input_messages.0.message.role', 'llm.output_messages.1.message.contents.0.x'],
      ...['llm.tools.0.tool.json_schema', 'retrieval.documents.0.document.id', 'llm.cost.total'],
      ...['annotations.0.annotation.name', 'openinference.span.kind', 'input.value'],
      ...['traceloop.span.kind', 'traceloop.entity.input', 'gen_ai.prompt.0.role'],
      ...['gen_ai.completion.0.tool_calls', 'ai.operationId', 'ai.prompt', 'ai.prompt.messages'],
      ...['ai.response.toolCalls', 'ai.prompt.tools', 'ai.response.providerMetadata', 'ai.values'],
      ...['langfuse.observation.type', 'langfuse.observation.usage_details', 'mcp.method.name'],
      ...['langfuse.observation.input', 'langfuse.observation.cost_details', 'scores'],
      ...['langfuse.observation.completion_start_time', 'langfuse.trace.metadata'],
      ...['langsmith.span.kind', 'langsmith.usage_metadata', 'metadata.usage_object'],
      ...['pydantic_ai.all_messages', 'all_messages_events', 'model_request_parameters'],
    ];
  }
});

test('the list has fewer dialects than a mask has bits', () => {
  expect(dialects.length).toBeLessThan(31);
});
