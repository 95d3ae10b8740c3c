import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { interfaceOf, ModelCall } from '../../../src/instrument/node/modelCall';
import { hookFolder, program, python } from './harness';

/** Both hooks must make the same of the same bodies, so each is the other's expectation. */
interface Call {
  readonly url: string;
  readonly request: string;
  readonly answer?: string;
  readonly streamed?: boolean;
  readonly status?: number;
  readonly pieces?: number;
}

const base = 'http://127.0.0.1:8000/v1';

function readInPython(cases: readonly object[]): readonly unknown[] {
  const output = execFileSync(python.executable, [program('read.py')], {
    input: JSON.stringify(cases),
    env: { ...process.env, PYTHONPATH: hookFolder() },
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  return JSON.parse(output) as readonly unknown[];
}

function readInNode(call: Call): unknown {
  const api = interfaceOf(call.url);
  if (!api) return null;
  const made = new ModelCall({ url: call.url, body: call.request, api });
  const start = made.startAttributes();
  made.status = call.status ?? 200;
  made.streamed = call.streamed ?? false;
  if (call.answer) made.chunk(call.answer);
  const failure = made.failure();
  return {
    name: `${made.operation} ${made.model ?? ''}`.trim(),
    attributes: { ...start, ...made.endAttributes() },
    failure: failure ? [failure.type, failure.message] : null,
    lastUserText: made.lastUserText() ?? null,
    answerText: made.answerText() ?? null,
    instructions: made.instructions() ?? null,
  };
}

/** JSON in attributes as what it says; times left out. */
function comparable(reading: unknown): unknown {
  const { attributes, ...rest } = (reading ?? {}) as { attributes?: Record<string, unknown> };
  const entries = Object.entries(attributes ?? {})
    .filter(([key]) => key !== 'gen_ai.response.time_to_first_chunk')
    .map(([key, value]) => [key, isContent(key) ? parsed(value) : value] as const);
  return { ...rest, attributes: Object.fromEntries(entries) };
}

const isContent = (key: string): boolean =>
  /messages$|instructions$|definitions$|parameters$|input$/.test(key);

function parsed(value: unknown): unknown {
  return typeof value === 'string' ? (JSON.parse(value) as unknown) : value;
}

const events = (...items: readonly unknown[]): string =>
  [...items.map((item) => `data: ${JSON.stringify(item)}\n\n`), 'data: [DONE]\n\n'].join('');
const chat = (request: object, answer: object = {}): Call => ({
  url: `${base}/chat/completions`,
  request: JSON.stringify({ model: 'gpt-5', ...request }),
  answer: JSON.stringify(answer),
});
const responses = (request: object, answer: object = {}): Call => ({
  url: `${base}/responses?api-version=1`,
  request: JSON.stringify({ model: 'gpt-5', ...request }),
  answer: JSON.stringify(answer),
});
const delta = (fields: object, more: object = {}) => ({
  id: 'chatcmpl-1',
  model: 'gpt-5-2025',
  choices: [{ index: 0, delta: fields, ...more }],
});

const calls: Readonly<Record<string, Call>> = {
  'a chat of every role': chat(
    {
      messages: [
        { role: 'developer', content: 'Be brief.' },
        { role: 'user', name: 'ann', content: 'Ünïcode 🌊' },
        {
          role: 'assistant',
          content: null,
          tool_calls: [
            { id: 'c1', type: 'function', function: { name: 'tide', arguments: '{"a":1}' } },
            { id: 'c2', type: 'custom', custom: { name: 'shell', input: 'ls' } },
          ],
        },
        { role: 'tool', tool_call_id: 'c1', content: [{ type: 'text', text: '4.2' }] },
        { role: 'function', name: 'old', content: 'done' },
      ],
      tools: [{ type: 'function', function: { name: 'tide', parameters: { type: 'object' } } }],
      temperature: 0.5,
      top_p: 1,
      max_completion_tokens: 50,
      stop: 'END',
      n: 2,
      seed: 7,
      reasoning_effort: 'low',
      response_format: { type: 'json_schema', json_schema: { name: 'x' } },
      service_tier: 'flex',
      user: 'u-1',
    },
    {
      id: 'chatcmpl-1',
      model: 'gpt-5-2025',
      service_tier: 'default',
      system_fingerprint: 'fp',
      choices: [
        {
          index: 0,
          finish_reason: 'tool_calls',
          message: {
            role: 'assistant',
            content: null,
            reasoning_content: 'hm',
            tool_calls: [
              { id: 'c3', type: 'function', function: { name: 'tide', arguments: 'not json' } },
            ],
          },
        },
        {
          index: 1,
          finish_reason: 'stop',
          message: { role: 'assistant', content: 'hi', refusal: 'no' },
        },
      ],
      usage: {
        prompt_tokens: 10,
        completion_tokens: 5,
        prompt_tokens_details: { cached_tokens: 4, cache_write_tokens: 2 },
        completion_tokens_details: { reasoning_tokens: 3 },
      },
    },
  ),
  'content of every kind': chat({
    messages: [
      {
        role: 'user',
        content: [
          'bare',
          { type: 'image_url', image_url: { url: 'https://example.org/a.png', detail: 'low' } },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
          { type: 'input_audio', input_audio: { data: 'BBBB', format: 'mp3' } },
          {
            type: 'file',
            file: { file_data: 'data:application/pdf;base64,CCCC', filename: 'a.pdf' },
          },
          { type: 'file', file: { file_id: 'file-1' } },
          { type: 'refusal', refusal: 'no' },
          { type: 'new_kind', more: 1 },
          { more: 2 },
        ],
      },
    ],
  }),
  'a streamed chat': {
    ...chat({ messages: [{ role: 'user', content: 'hi' }], stream: true, stop: ['a', 'b'] }),
    streamed: true,
    pieces: 7,
    answer: events(
      delta({ role: 'assistant', content: '' }),
      delta({ content: 'Hel' }),
      delta({ content: 'lo é' }),
      delta({ tool_calls: [{ index: 0, id: 'c1', function: { name: 'ti', arguments: '{"a"' } }] }),
      delta({ tool_calls: [{ index: 0, function: { name: 'de', arguments: ':1}' } }] }),
      delta({ tool_calls: [{ index: 1, id: 'c2', function: { name: 'b', arguments: '{}' } }] }),
      delta({}, { finish_reason: 'tool_calls' }),
      { id: 'chatcmpl-1', choices: [], usage: { prompt_tokens: 3, completion_tokens: 2 } },
    ),
  },
  'a stream torn in the middle': {
    ...chat({ messages: [], stream: true }),
    streamed: true,
    answer: `: comment\r\n\r\ndata: {"choices":[{"delta":{"content":"half"}}]}\r\n\r\ndata: {"choi`,
  },
  'an old completion': {
    url: `${base}/completions`,
    request: JSON.stringify({ model: 'davinci', prompt: ['a', 'b'], max_tokens: 5 }),
    answer: JSON.stringify({ choices: [{ text: 'out', finish_reason: 'length' }] }),
  },
  'responses of every item': responses(
    {
      instructions: 'Be brief.',
      input: [
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'hi' },
            { type: 'input_image', image_url: 'data:image/png;base64,AA' },
          ],
        },
        { type: 'reasoning', id: 'r1', summary: [{ type: 'summary_text', text: 'thought' }] },
        { type: 'function_call', call_id: 'c1', name: 'tide', arguments: '{"a":1}' },
        { type: 'custom_tool_call', call_id: 'c2', name: 'shell', input: 'ls' },
        { type: 'function_call_output', call_id: 'c1', output: '4.2' },
        {
          type: 'custom_tool_call_output',
          call_id: 'c2',
          output: [{ type: 'input_text', text: 'x' }],
        },
        { type: 'web_search_call', id: 'w1', status: 'completed' },
        { type: 'message', role: 'developer', content: 'more' },
      ],
      tools: [{ type: 'function', name: 'tide', parameters: {} }, { type: 'web_search' }],
      max_output_tokens: 9,
      reasoning: { effort: 'high', summary: 'auto' },
      text: { format: { type: 'json_object' } },
      previous_response_id: 'resp_0',
      conversation: { id: 'conv_1' },
      prompt: { id: 'p', version: '2' },
    },
    {
      id: 'resp_1',
      model: 'gpt-5-2025',
      status: 'completed',
      output: [
        { type: 'reasoning', summary: [] },
        {
          type: 'message',
          role: 'assistant',
          content: [{ type: 'output_text', text: 'hi', annotations: [] }],
        },
        { type: 'function_call', call_id: 'c3', name: 'tide', arguments: '{}' },
      ],
      usage: {
        input_tokens: 10,
        output_tokens: 5,
        input_tokens_details: { cached_tokens: 4 },
        output_tokens_details: { reasoning_tokens: 3 },
      },
    },
  ),
  'an incomplete response': responses(
    { input: 'hi', instructions: [{ role: 'system', content: 'x' }] },
    { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' }, output: [] },
  ),
  'a failed response': responses(
    { input: 'hi' },
    { status: 'failed', error: { code: 'server_error', message: 'broke' }, output: [] },
  ),
  'a streamed response': {
    ...responses({ input: 'hi', stream: true }),
    streamed: true,
    answer: events(
      { type: 'response.created', response: { id: 'resp_1', status: 'in_progress', output: [] } },
      { type: 'response.output_text.delta', output_index: 0, delta: 'Hel' },
      { type: 'response.output_text.delta', output_index: 0, delta: 'lo' },
      {
        type: 'response.completed',
        response: {
          id: 'resp_1',
          status: 'completed',
          model: 'gpt-5-2025',
          output: [
            {
              type: 'message',
              role: 'assistant',
              content: [{ type: 'output_text', text: 'Hello' }],
            },
          ],
          usage: { input_tokens: 1, output_tokens: 2 },
        },
      },
    ),
  },
  'a streamed response that breaks off': {
    ...responses({ input: 'hi', stream: true }),
    streamed: true,
    answer: events(
      { type: 'response.output_text.delta', output_index: 0, delta: 'Hel' },
      {
        type: 'response.output_item.done',
        output_index: 1,
        item: { type: 'function_call', call_id: 'c', name: 'n', arguments: '{}' },
      },
      { type: 'error', code: 'x', message: 'overloaded' },
    ),
  },
  embeddings: {
    url: `${base}/embeddings/`,
    request: JSON.stringify({
      model: 'e',
      input: ['a', 'b'],
      encoding_format: 'float',
      dimensions: 2,
    }),
    answer: JSON.stringify({
      model: 'e-1',
      data: [{ embedding: [0.5, 0.25] }],
      usage: { prompt_tokens: 2 },
    }),
  },
  'an error body': { ...chat({ messages: [] }, { error: { message: 'no key' } }), status: 401 },
  'a body that is no JSON': { url: `${base}/responses`, request: 'not json', answer: '<html>' },
  'another service': { ...chat({}), url: 'https://my.openai.azure.com/openai/chat/completions' },
  'no service with tokens': { url: `${base}/models`, request: '{}' },
};

describe.skipIf(python.missing)('the Python hook reads as the Node hook', () => {
  const names = Object.keys(calls);
  const read = python.missing ? [] : readInPython(Object.values(calls));

  test.each(names)('%s', (name) => {
    const call = calls[name] as Call;
    expect(comparable(read[names.indexOf(name)])).toEqual(comparable(readInNode(call)));
  });

  test('and never fails, whatever JSON it is given', () => {
    const paths = fc.constantFrom('chat/completions', 'responses', 'embeddings', 'completions');
    const fields = fc.constantFrom(
      'messages',
      'input',
      'tools',
      'choices',
      'output',
      'usage',
      'error',
      'content',
      'model',
      'type',
    );
    const nested = fc.dictionary(fields, fc.jsonValue({ maxDepth: 4 }));
    const bodies = fc.oneof(nested, fc.jsonValue()).map((value) => JSON.stringify(value));
    const random = fc.record({
      path: paths,
      request: bodies,
      answer: bodies,
      streamed: fc.boolean(),
    });
    const cases = fc.sample(random, 300).map(({ path, answer, ...rest }) => ({
      ...rest,
      url: `${base}/${path}`,
      answer: rest.streamed ? `data: ${answer}\n\n` : answer,
    }));
    expect(readInPython(cases)).toHaveLength(cases.length);
  });
});

describe.skipIf(python.missing)('any value as JSON text', () => {
  test('is the JSON it was, where it fits', () => {
    const values = fc.sample(fc.jsonValue(), 200);
    const made = readInPython(values.map((value) => ({ value, limit: 1e6 })));
    const back = (made as { text: string; cut: number }[]).map(({ text, cut }) => ({
      value: JSON.parse(text) as unknown,
      cut,
    }));
    expect(back).toEqual(
      values.map((value) => ({ value: JSON.parse(JSON.stringify(value)) as unknown, cut: 0 })),
    );
  });

  test('is cut to the limit, and every byte left out of a text is counted', () => {
    const letters = fc.constantFrom('a', 'é', '漢', '🌊', '\n', '"');
    const texts = fc.sample(fc.string({ unit: letters, minLength: 100, maxLength: 400 }), 100);
    const made = readInPython(texts.map((value) => ({ value, limit: 100 })));
    (made as { text: string; cut: number }[]).forEach(({ text, cut }, index) => {
      const kept = JSON.parse(text) as string;
      expect(texts[index]?.startsWith(kept)).toBe(true);
      expect(Buffer.byteLength(kept) + cut).toBe(Buffer.byteLength(texts[index] ?? ''));
    });
  });
});
