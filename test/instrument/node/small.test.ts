import { runInThisContext } from 'node:vm';
import { expect, test } from 'vitest';
import {
  describeEnd,
  describeError,
  describeModelCall,
  describeStart,
} from '../../../src/instrument/node/agentsContent';
import { hrTimeOf, nowMs } from '../../../src/instrument/node/clock';
import { idOf } from '../../../src/instrument/node/ids';
import { notedSdkOf, tailOf } from '../../../src/instrument/node/moduleTails';
import { frameOf } from '../../../src/instrument/node/sourceFrame';

test.each([
  ['file:///app/node_modules/openai/client.mjs', 'OpenAI'],
  ['file:///app/node_modules/openai/core.js', 'APIClient'],
  ['file:///app/node_modules/.pnpm/openai@7.1.0/node_modules/openai/client.js', 'OpenAI'],
  ['file:///C:/app/node_modules/openai/client.mjs', 'OpenAI'],
  ['file:///a/node_modules/@openai/agents-core/dist/tracing/provider.mjs', 'TraceProvider'],
  ['file:///a/node_modules/@openai/agents-core/dist/tool.mjs', 'tool=globalThis'],
  ['file:///a/node_modules/@openai/agents-core/dist/tool.js', 'exports.tool=globalThis'],
  [
    'file:///a/node_modules/@opentelemetry/sdk-trace-base/build/esm/MultiSpanProcessor.js',
    'MultiSpanProcessor',
  ],
  [
    'file:///a/node_modules/@opentelemetry/sdk-trace/build/src/MultiSpanProcessor.js',
    'MultiSpanProcessor',
  ],
])('%s gets a tail on one line of its own', (url, text) => {
  const tail = tailOf(url) ?? '';
  expect(tail).toContain(text);
  expect(tail).toMatch(/^\n;[^\n]*$/);
});

test.each([
  'file:///app/openai/client.mjs',
  'file:///app/node_modules/openai/internal/client.mjs',
  'file:///app/node_modules/openai/resources/client.mjs',
  'file:///app/node_modules/openai-fake/client.mjs',
  'file:///app/node_modules/openai/node_modules/other/client.mjs',
  'file:///app/node_modules/lodash/index.js',
  'node:fs',
  '',
])('%s is left alone', (url) => {
  expect(tailOf(url)).toBeUndefined();
});

test('the tail works as text, as the loader thread of older Node runs it', () => {
  const url = 'file:///a/node_modules/openai/client.mjs';
  const again = runInThisContext(`(${tailOf.toString()})`) as typeof tailOf;
  expect(again(url)).toBe(tailOf(url));
});

test('other SDKs are only named', () => {
  expect(notedSdkOf('file:///a/node_modules/@langchain/core/dist/index.js')).toEqual([
    '@langchain/core',
    'file:///a/node_modules/@langchain/core',
  ]);
  expect(notedSdkOf('file:///a/node_modules/air/index.js')).toBeUndefined();
});

test.each<[string, string, Record<string, unknown>]>([
  [
    'a module',
    'Error\n    at run (file:///a/node_modules/x/i.mjs:1:1)\n    at main (file:///app/my%20agent.mjs:7:9)',
    { 'code.file.path': '/app/my agent.mjs', 'code.line.number': 7, 'code.function.name': 'main' },
  ],
  [
    'the top level after an await',
    'Error\n    at node:internal/x:1:1\n    at async file:///app/a.mjs:3:16',
    { 'code.file.path': '/app/a.mjs', 'code.line.number': 3 },
  ],
  [
    'a method',
    'Error\n    at Desk.answer [as handle] (/app/desk.js:12:3)',
    {
      'code.file.path': '/app/desk.js',
      'code.line.number': 12,
      'code.function.name': 'Desk.answer',
    },
  ],
  [
    'Windows',
    'Error\n    at ask (C:\\app\\desk.js:12:3)',
    {
      'code.file.path': 'C:\\app\\desk.js',
      'code.line.number': 12,
      'code.function.name': 'ask',
    },
  ],
  ['only packages', 'Error\n    at x (/a/node_modules/b/c.js:1:1)', {}],
  ['nothing', '', {}],
])('the frame of the program: %s', (_name, stack, expected) => {
  expect(frameOf(stack)).toEqual(expected);
});

test.each([
  ['trace_0123456789abcdef0123456789abcdef', 32, '0123456789abcdef0123456789abcdef'],
  ['span_0123456789abcdef01234567', 16, '0123456789abcdef'],
  ['trace_01234567-89ab-cdef-0123-456789abcdef', 32, '0123456789abcdef0123456789abcdef'],
] as const)('%s keeps its digits', (id, length, expected) => {
  expect(idOf(id, length)).toBe(expected);
});

test('ids of another form are hashed, the same each time', () => {
  expect(idOf('my trace', 32)).toMatch(/^[0-9a-f]{32}$/);
  expect(idOf('my trace', 32)).toBe(idOf('my trace', 32));
  expect(idOf('my trace', 16)).not.toBe(idOf('your trace', 16));
});

test('the clock shows wall time to the microsecond', () => {
  expect(Math.abs(nowMs() - Date.now())).toBeLessThan(50);
  expect(hrTimeOf(1_700_000_000_123.5)).toEqual([1_700_000_000, 123_500_000]);
});

test.each([
  [
    { message: 'Error running tool (non-fatal)', data: { tool_name: 't', error: 'TypeError: no' } },
    { type: 'TypeError', message: 'Error running tool (non-fatal): TypeError: no' },
  ],
  [{ message: 'Max turns (2) exceeded' }, { type: 'Error', message: 'Max turns (2) exceeded' }],
  [
    { message: 'Error streaming response', data: { error: 'RateLimitError: 429' } },
    { type: 'RateLimitError', message: 'Error streaming response: RateLimitError: 429' },
  ],
])('an error of the Agents SDK: %j', (error, expected) => {
  expect(describeError(error)).toEqual(expected);
});

test.each([
  [{ type: 'agent', name: 'A' }, 'invoke_agent A', 'agent'],
  [{ type: 'function', name: 't' }, 'execute_tool t', 'tool'],
  [{ type: 'generation', model: 'm' }, 'chat m', 'generation'],
  [{ type: 'response' }, 'chat', 'generation'],
  [{ type: 'guardrail', name: 'g' }, 'g', 'guardrail'],
  [{ type: 'mcp_tools', server: 's' }, 'list_tools s', 'span'],
  [{ type: 'speech_group' }, 'speech', 'chain'],
  [{ type: 'custom', name: 'c' }, 'c', 'span'],
  [{ type: 'of-tomorrow' }, 'of-tomorrow', 'span'],
])('%j starts as', (data, name, kind) => {
  const start = describeStart(data);
  expect(start.name).toBe(name);
  expect(start.attributes['glassbox.observation.kind']).toBe(kind);
});

test('an MCP tool and a listing keep what the server said', () => {
  expect(describeEnd({ type: 'mcp_tools', server: 's', result: ['a', 'b'] })).toEqual({
    'glassbox.output': '["a","b"]',
  });
  const data = { type: 'function', input: 'not json', output: '', mcp_data: '{"server":"s"}' };
  expect(describeEnd(data)).toEqual({
    'glassbox.input': '"not json"',
    'glassbox.metadata': '{"mcp":{"server":"s"}}',
  });
});

test('a call through another model provider is read from the span alone', () => {
  const attributes = describeModelCall({
    type: 'generation',
    model: 'claude',
    model_config: { temperature: 1, provider: 'ai' },
    input: [{ role: 'user', content: 'hi' }],
    output: [{ role: 'assistant', content: 'hello' }],
    usage: {
      input_tokens: 3,
      output_tokens: 2,
      input_tokens_details: { cached_tokens: 1 },
      output_tokens_details: { reasoning_tokens: 1 },
    },
  });
  expect(attributes).toMatchObject({
    'gen_ai.request.model': 'claude',
    'gen_ai.request.temperature': 1,
    'gen_ai.usage.input_tokens': 3,
    'gen_ai.usage.cache_read.input_tokens': 1,
    'gen_ai.usage.reasoning.output_tokens': 1,
    'gen_ai.input.messages': '[{"role":"user","parts":[{"type":"text","content":"hi"}]}]',
    'gen_ai.output.messages': '[{"role":"assistant","parts":[{"type":"text","content":"hello"}]}]',
  });
});
