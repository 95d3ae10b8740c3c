import { describe, expect, test } from 'vitest';
import { chatCompletions, completions } from '../../../src/instrument/node/chat';
import { embeddings } from '../../../src/instrument/node/embeddings';
import type { Interface } from '../../../src/instrument/node/reading';
import { responses } from '../../../src/instrument/node/responses';
import { readEvents } from '../../../src/instrument/node/sse';
import { interfaceOf } from '../../../src/instrument/node/modelCall';

describe('the interface is known by the address', () => {
  test.each<[string, Interface | undefined]>([
    ['https://api.openai.com/v1/chat/completions', chatCompletions],
    ['https://x.azure.com/openai/deployments/d/chat/completions?api-version=1', chatCompletions],
    ['http://localhost/v1/responses/', responses],
    ['http://localhost/v1/completions', completions],
    ['http://localhost/v1/embeddings', embeddings],
    ['http://localhost/v1/responses/resp_1/cancel', undefined],
    ['http://localhost/v1/responses/input_tokens', undefined],
    ['http://localhost/v1/files', undefined],
  ])('%s', (url, api) => {
    expect(interfaceOf(url)).toBe(api);
  });
});

describe('event streams', () => {
  test.each<[string, string, unknown[]]>([
    ['events', 'data: {"a":1}\n\ndata: {"a":2}\n\n', [{ a: 1 }, { a: 2 }]],
    ['names and comments', ': hi\nevent: x\ndata: {"a":1}\n\n', [{ a: 1 }]],
    ['carriage returns', 'data: {"a":1}\r\n\r\ndata: [DONE]\r\n\r\n', [{ a: 1 }]],
    ['data in several lines', 'data: {"a":\ndata: 1}\n\n', [{ a: 1 }]],
    ['a missing last line', 'data: {"a":1}', [{ a: 1 }]],
    ['a torn end', 'data: {"a":1}\n\ndata: {"a', [{ a: 1 }]],
    ['no space', 'data:{"a":1}\n\n', [{ a: 1 }]],
    ['nothing', '', []],
  ])('%s', (_name, stream, expected) => {
    expect(readEvents(stream).map((event) => event.data)).toEqual(expected);
  });
});

describe('requests', () => {
  const request = (api: Interface, body: unknown) => api.readRequest(body);

  test('messages of every role and kind of content', () => {
    const { input } = request(chatCompletions, {
      messages: [
        { role: 'developer', content: 'rules' },
        { role: 'user', name: 'ann', content: [{ type: 'text', text: 'look' }] },
        {
          role: 'user',
          content: [
            { type: 'image_url', image_url: { url: 'https://x/y.png' } },
            { type: 'input_audio', input_audio: { data: 'QQ==', format: 'mp3' } },
            { type: 'file', file: { file_id: 'file-1', filename: 'a.pdf' } },
            { type: 'odd', value: 1 },
          ],
        },
        {
          role: 'assistant',
          content: null,
          reasoning_content: 'hmm',
          tool_calls: [
            { id: 'c1', type: 'function', function: { name: 'f', arguments: '{"a":1}' } },
            { id: 'c2', type: 'function', function: { name: 'g', arguments: 'not json' } },
            { id: 'c3', type: 'custom', custom: { name: 'h', input: 'raw' } },
          ],
        },
        { role: 'tool', tool_call_id: 'c1', content: [{ type: 'text', text: 'done' }] },
        { role: 'assistant', refusal: 'no' },
      ],
    });
    expect(input).toEqual([
      { role: 'system', parts: [{ type: 'text', content: 'rules' }] },
      { role: 'user', name: 'ann', parts: [{ type: 'text', content: 'look' }] },
      {
        role: 'user',
        parts: [
          { type: 'uri', modality: 'image', uri: 'https://x/y.png' },
          { type: 'blob', modality: 'audio', mime_type: 'audio/mp3', content: 'QQ==' },
          { type: 'file', modality: 'document', file_id: 'file-1', filename: 'a.pdf' },
          { type: 'odd', value: 1 },
        ],
      },
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', content: 'hmm' },
          { type: 'tool_call', id: 'c1', name: 'f', arguments: { a: 1 } },
          { type: 'tool_call', id: 'c2', name: 'g', arguments: 'not json' },
          { type: 'tool_call', id: 'c3', name: 'h', arguments: 'raw' },
        ],
      },
      { role: 'tool', parts: [{ type: 'tool_call_response', id: 'c1', response: 'done' }] },
      { role: 'assistant', parts: [{ type: 'refusal', content: 'no' }] },
    ]);
  });

  test('items of the Responses interface, what the assistant did in one message', () => {
    const { input, instructions } = request(responses, {
      instructions: [{ type: 'message', role: 'developer', content: 'rules' }],
      input: [
        { role: 'user', content: [{ type: 'input_text', text: 'look' }] },
        { type: 'reasoning', summary: [{ type: 'summary_text', text: 'hmm' }] },
        { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{}' },
        {
          type: 'function_call_output',
          call_id: 'c1',
          output: [{ type: 'input_text', text: 'x' }],
        },
        { type: 'web_search_call', id: 'w1', status: 'completed' },
        { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'hi' }] },
        { type: 'function_call', callId: 'c2', name: 'g', arguments: '{}' },
        { type: 'function_call_result', callId: 'c2', output: { type: 'text', text: 'y' } },
      ],
    });
    expect(instructions).toEqual([{ type: 'text', content: 'rules' }]);
    expect(input).toEqual([
      { role: 'user', parts: [{ type: 'text', content: 'look' }] },
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', content: 'hmm' },
          { type: 'tool_call', id: 'c1', name: 'f', arguments: {} },
        ],
      },
      {
        role: 'tool',
        parts: [
          { type: 'tool_call_response', id: 'c1', response: [{ type: 'text', content: 'x' }] },
        ],
      },
      {
        role: 'assistant',
        parts: [
          { type: 'web_search_call', id: 'w1', status: 'completed' },
          { type: 'text', content: 'hi' },
          { type: 'tool_call', id: 'c2', name: 'g', arguments: {} },
        ],
      },
      { role: 'tool', parts: [{ type: 'tool_call_response', id: 'c2', response: 'y' }] },
    ]);
  });

  test.each<[string, Interface, Record<string, unknown>, Record<string, unknown>]>([
    [
      'of a chat',
      chatCompletions,
      {
        model: 'm',
        temperature: 0,
        top_p: 0.5,
        max_completion_tokens: 9,
        stop: 'END',
        n: 2,
        seed: 3,
        stream: true,
        reasoning_effort: 'low',
        response_format: { type: 'json_schema' },
        service_tier: 'flex',
      },
      {
        'gen_ai.request.model': 'm',
        'gen_ai.request.temperature': 0,
        'gen_ai.request.top_p': 0.5,
        'gen_ai.request.max_tokens': 9,
        'gen_ai.request.stop_sequences': ['END'],
        'gen_ai.request.choice.count': 2,
        'gen_ai.request.seed': 3,
        'gen_ai.request.stream': true,
        'gen_ai.request.reasoning.level': 'low',
        'gen_ai.output.type': 'json',
        'openai.request.service_tier': 'flex',
      },
    ],
    [
      'of a response',
      responses,
      {
        model: 'm',
        max_output_tokens: 9,
        reasoning: { effort: 'high' },
        text: { format: { type: 'text' } },
        previous_response_id: 'resp_0',
        conversation: { id: 'conv_1' },
        prompt: { id: 'pmpt_1', version: '3' },
      },
      {
        'gen_ai.request.model': 'm',
        'gen_ai.request.max_tokens': 9,
        'gen_ai.request.reasoning.level': 'high',
        'gen_ai.request.previous_response.id': 'resp_0',
        'gen_ai.conversation.id': 'conv_1',
        'gen_ai.prompt.name': 'pmpt_1',
        'gen_ai.prompt.version': '3',
      },
    ],
    [
      'of embeddings',
      embeddings,
      { model: 'e', dimensions: 8, encoding_format: 'base64' },
      {
        'gen_ai.request.model': 'e',
        'gen_ai.embeddings.dimension.count': 8,
        'gen_ai.request.encoding_formats': ['base64'],
      },
    ],
  ])('settings %s', (...[, api, body, expected]) => {
    expect(request(api, body).attributes).toEqual(expected);
  });

  test('tools of both interfaces look alike', () => {
    const flat = { type: 'function', name: 'f', parameters: { type: 'object' } };
    const { type, ...inner } = flat;
    const nested = request(chatCompletions, { tools: [{ type, function: inner }] });
    expect(nested.tools).toEqual([flat]);
    expect(request(responses, { tools: [flat] }).tools).toEqual([flat]);
  });

  test.each([null, 7, 'text', [], { messages: 'none' }, { input: { odd: 1 } }])(
    'of no known shape are read as nothing (%j)',
    (body) => {
      for (const api of [chatCompletions, completions, responses, embeddings]) {
        expect(() => [api.readRequest(body), api.readResponse(body)]).not.toThrow();
      }
    },
  );
});

describe('answers', () => {
  test('choices with their reasons, and what was not reported is absent', () => {
    const { attributes, output } = chatCompletions.readResponse({
      id: 'c',
      model: 'm-1',
      choices: [
        { finish_reason: 'tool_calls', message: { role: 'assistant', tool_calls: [] } },
        { finish_reason: 'length', message: { role: 'assistant', content: 'cut' } },
      ],
      usage: { prompt_tokens: 4, completion_tokens: 2 },
    });
    expect(attributes).toEqual({
      'gen_ai.response.id': 'c',
      'gen_ai.response.model': 'm-1',
      'gen_ai.response.finish_reasons': ['tool_calls', 'length'],
      'gen_ai.usage.input_tokens': 4,
      'gen_ai.usage.output_tokens': 2,
    });
    expect(output?.map((message) => message.finish_reason)).toEqual(['tool_call', 'length']);
  });

  test.each<[string, Record<string, unknown>, string | undefined]>([
    ['completed', { status: 'completed', output: [] }, 'stop'],
    ['a tool', { status: 'completed', output: [{ type: 'function_call' }] }, 'tool_call'],
    [
      'too long',
      { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } },
      'length',
    ],
    [
      'filtered',
      { status: 'incomplete', incomplete_details: { reason: 'content_filter' } },
      'content_filter',
    ],
    ['failed', { status: 'failed', error: { code: 'server_error', message: 'x' } }, undefined],
  ])('a response ends: %s', (_name, body, reason) => {
    const { attributes, failure } = responses.readResponse(body);
    expect(attributes['gen_ai.response.finish_reasons']).toEqual(reason ? [reason] : undefined);
    expect(failure).toEqual(
      body['status'] === 'failed' ? { type: 'server_error', message: 'x' } : undefined,
    );
  });

  test('chunks of a chat become what would have come at once', () => {
    const chunk = (delta: unknown, more = {}) => ({
      data: { id: 'c', model: 'm', choices: [{ index: 0, delta, ...more }] },
      end: 0,
    });
    const joined = chatCompletions.joinEvents([
      chunk({ role: 'assistant', content: 'Hel' }),
      chunk({ content: 'lo' }),
      chunk({ tool_calls: [{ index: 0, id: 'c1', function: { name: 'f', arguments: '{"a"' } }] }),
      chunk({ tool_calls: [{ index: 1, id: 'c2', function: { name: 'g', arguments: '{}' } }] }),
      chunk({ tool_calls: [{ index: 0, function: { arguments: ':1}' } }] }),
      chunk({}, { finish_reason: 'tool_calls' }),
      { data: { choices: [], usage: { prompt_tokens: 1, completion_tokens: 2 } }, end: 0 },
    ]);
    const { attributes, output } = chatCompletions.readResponse(joined);
    expect(attributes).toMatchObject({
      'gen_ai.response.id': 'c',
      'gen_ai.response.finish_reasons': ['tool_calls'],
      'gen_ai.usage.output_tokens': 2,
    });
    expect(output?.[0]?.parts).toEqual([
      { type: 'text', content: 'Hello' },
      { type: 'tool_call', id: 'c1', name: 'f', arguments: { a: 1 } },
      { type: 'tool_call', id: 'c2', name: 'g', arguments: {} },
    ]);
  });

  test('a torn stream of a response shows what was there', () => {
    const events = [
      { type: 'response.created', response: { id: 'r', model: 'm', status: 'in_progress' } },
      {
        type: 'response.output_item.done',
        output_index: 0,
        item: { type: 'reasoning', summary: [] },
      },
      { type: 'response.output_text.delta', output_index: 1, delta: 'Hel' },
      { type: 'response.output_text.delta', output_index: 1, delta: 'lo' },
    ];
    const joined = responses.joinEvents(events.map((data) => ({ data, end: 0 })));
    expect(responses.readResponse(joined).output?.[0]?.parts).toEqual([
      { type: 'reasoning', content: '' },
      { type: 'text', content: 'Hello' },
    ]);
  });

  test('a stream that fails says so', () => {
    const events = [{ type: 'error', code: 'overloaded', message: 'too much' }];
    const joined = responses.joinEvents(events.map((data) => ({ data, end: 0 })));
    expect(responses.readResponse(joined).failure).toEqual({
      type: 'overloaded',
      message: 'too much',
    });
  });
});
