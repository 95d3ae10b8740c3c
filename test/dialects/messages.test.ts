import { describe, expect, test } from 'vitest';
import { answerOf, messagesOf, toolDefinitionsOf, withSystem } from '../../src/dialects/messages';
import { partsOf } from '../../src/dialects/parts';
import type { Message, Part } from '../../src/model/observation';
import type { Json } from '../../src/model/value';

const text = (value: string): Part => ({ type: 'text', text: value });
const call: Part = { type: 'toolCall', id: 'c1', name: 'tide', arguments: { port: 'Brest' } };
const result: Part = { type: 'toolResult', id: 'c1', result: '4.2' };

describe('parts', () => {
  test.each<[string, Json, readonly Part[]]>([
    ['a text', 'hi', [text('hi')]],
    ['nothing', null, []],
    ['an empty text', '', []],
    ['texts in a list', ['a', { type: 'text', text: 'b' }], [text('a'), text('b')]],
    ['GenAI text', { type: 'text', content: 'hi' }, [text('hi')]],
    ['Responses text', { type: 'input_text', text: 'hi' }, [text('hi')]],
    ['a refusal', { type: 'refusal', refusal: 'no' }, [text('no')]],
    ['Gemini text', { text: 'hi' }, [text('hi')]],
    ['Gemini thought', { text: 'hm', thought: true }, [{ type: 'reasoning', text: 'hm' }]],
    [
      'GenAI call',
      { type: 'tool_call', id: 'c1', name: 'tide', arguments: { port: 'Brest' } },
      [call],
    ],
    [
      'arguments as text',
      { type: 'tool_call', id: 'c1', name: 'tide', arguments: '{"port":"Brest"}' },
      [call],
    ],
    [
      'Anthropic call',
      { type: 'tool_use', id: 'c1', name: 'tide', input: { port: 'Brest' } },
      [call],
    ],
    [
      'Vercel call',
      { type: 'tool-call', toolCallId: 'c1', toolName: 'tide', input: { port: 'Brest' } },
      [call],
    ],
    [
      'Vercel 4 call',
      { type: 'tool-call', toolCallId: 'c1', toolName: 'tide', args: { port: 'Brest' } },
      [call],
    ],
    [
      'Responses call',
      {
        type: 'function_call',
        id: 'fc_1',
        call_id: 'c1',
        name: 'tide',
        arguments: '{"port":"Brest"}',
      },
      [call],
    ],
    [
      'Bedrock call',
      { toolUse: { toolUseId: 'c1', name: 'tide', input: { port: 'Brest' } } },
      [call],
    ],
    ['Gemini call', { functionCall: { id: 'c1', name: 'tide', args: { port: 'Brest' } } }, [call]],
    ['Genkit call', { toolRequest: { ref: 'c1', name: 'tide', input: { port: 'Brest' } } }, [call]],
    [
      'a call without arguments',
      { type: 'tool_call', id: 'c', name: 't' },
      [{ type: 'toolCall', id: 'c', name: 't', arguments: {} }],
    ],
    [
      'arguments that are no JSON',
      { type: 'tool_call', id: 'c', name: 't', arguments: 'x' },
      [{ type: 'toolCall', id: 'c', name: 't', arguments: 'x' }],
    ],
    ['GenAI result', { type: 'tool_call_response', id: 'c1', response: '4.2' }, [result]],
    ['Pydantic AI result', { type: 'tool_call_response', id: 'c1', result: '4.2' }, [result]],
    ['Copilot result', { type: 'tool_call_response', id: 'c1', content: '4.2' }, [result]],
    [
      'Anthropic result',
      { type: 'tool_result', tool_use_id: 'c1', content: [{ type: 'text', text: '4.2' }] },
      [result],
    ],
    [
      'a failed result',
      { type: 'tool_result', tool_use_id: 'c1', content: '4.2', is_error: true },
      [{ ...result, isError: true }],
    ],
    ['Responses result', { type: 'function_call_output', call_id: 'c1', output: '4.2' }, [result]],
    [
      'Vercel result',
      { type: 'tool-result', toolCallId: 'c1', output: { type: 'text', value: '4.2' } },
      [result],
    ],
    [
      'Bedrock result',
      { toolResult: { toolUseId: 'c1', content: [{ text: '4.2' }], status: 'success' } },
      [result],
    ],
    ['reasoning', { type: 'reasoning', content: 'hm' }, [{ type: 'reasoning', text: 'hm' }]],
    [
      'thinking',
      { type: 'thinking', thinking: 'hm', signature: 's' },
      [{ type: 'reasoning', text: 'hm' }],
    ],
    [
      'Responses reasoning',
      { type: 'reasoning', summary: [{ type: 'summary_text', text: 'hm' }] },
      [{ type: 'reasoning', text: 'hm' }],
    ],
    [
      'hidden reasoning',
      { type: 'reasoning', summary: [], encrypted_content: 'x' },
      [{ type: 'reasoning' }],
    ],
    ['hidden thinking', { type: 'redacted_thinking', data: 'x' }, [{ type: 'reasoning' }]],
    [
      'Bedrock reasoning',
      { reasoningContent: { reasoningText: { text: 'hm', signature: 's' } } },
      [{ type: 'reasoning', text: 'hm' }],
    ],
    [
      'an image by address',
      { type: 'image_url', image_url: { url: 'https://x/y.png' } },
      [{ type: 'media', mime: 'image/*', url: 'https://x/y.png' }],
    ],
    [
      'an image inline',
      { type: 'input_image', image_url: 'data:image/png;base64,AAAA' },
      [{ type: 'media', mime: 'image/png', data: 'AAAA' }],
    ],
    [
      'GenAI blob',
      { type: 'blob', modality: 'image', mime_type: 'image/png', content: 'AAAA' },
      [{ type: 'media', mime: 'image/png', data: 'AAAA' }],
    ],
    [
      'GenAI uri',
      { type: 'uri', modality: 'audio', uri: 'https://x/y' },
      [{ type: 'media', mime: 'audio/*', url: 'https://x/y' }],
    ],
    [
      'Anthropic image',
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
      [{ type: 'media', mime: 'image/png', data: 'AAAA' }],
    ],
    [
      'Gemini image',
      { inlineData: { mimeType: 'image/png', data: 'AAAA' } },
      [{ type: 'media', mime: 'image/png', data: 'AAAA' }],
    ],
    [
      'audio',
      { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } },
      [{ type: 'media', mime: 'audio/wav', data: 'AAAA' }],
    ],
    [
      'Pydantic AI image',
      { type: 'image-url', url: 'https://x/y.png' },
      [{ type: 'media', mime: 'image/*', url: 'https://x/y.png' }],
    ],
    [
      'a file by id',
      { type: 'file', file_id: 'f1' },
      [{ type: 'raw', value: { type: 'file', file_id: 'f1' } }],
    ],
    [
      'what nobody knows',
      { type: 'hologram', x: 1 },
      [{ type: 'raw', value: { type: 'hologram', x: 1 } }],
    ],
  ])('%s', (_, content, expected) => {
    expect(partsOf(content)).toEqual(expected);
  });
});

describe('conversations', () => {
  const user: Message = { role: 'user', parts: [text('Tide?')] };
  test.each<[string, Json, readonly Message[] | undefined]>([
    ['OpenAI', [{ role: 'user', content: 'Tide?' }], [user]],
    ['one message', { role: 'user', content: 'Tide?' }, [user]],
    ['GenAI', [{ role: 'user', parts: [{ type: 'text', content: 'Tide?' }] }], [user]],
    [
      'Gemini',
      [{ role: 'model', parts: [{ text: 'Low' }] }],
      [{ role: 'assistant', parts: [text('Low')] }],
    ],
    [
      'developer is system',
      [{ role: 'developer', content: 'x' }],
      [{ role: 'system', parts: [text('x')] }],
    ],
    ['LangChain, nested', [[{ type: 'human', content: 'Tide?' }]], [user]],
    [
      'LangChain, serialised',
      [
        {
          lc: 1,
          type: 'constructor',
          id: ['langchain', 'HumanMessage'],
          kwargs: { content: 'Tide?' },
        },
      ],
      [user],
    ],
    [
      'a choice',
      [{ index: 0, message: { role: 'assistant', content: 'Low' } }],
      [{ role: 'assistant', parts: [text('Low')] }],
    ],
    [
      'calls beside the content',
      [
        {
          role: 'assistant',
          content: null,
          tool_calls: [
            {
              id: 'c1',
              type: 'function',
              function: { name: 'tide', arguments: '{"port":"Brest"}' },
            },
          ],
        },
        { role: 'tool', tool_call_id: 'c1', content: '4.2' },
      ],
      [
        { role: 'assistant', parts: [call] },
        { role: 'tool', parts: [result] },
      ],
    ],
    [
      'a call told twice is one',
      [
        {
          role: 'assistant',
          content: [{ type: 'tool_use', id: 'c1', name: 'tide', input: { port: 'Brest' } }],
          tool_calls: [{ id: 'c1', name: 'tide', args: { port: 'Brest' } }],
        },
      ],
      [{ role: 'assistant', parts: [call] }],
    ],
    [
      'items of the Responses API are turns',
      [
        { role: 'user', content: 'Tide?' },
        { type: 'reasoning', summary: [] },
        { type: 'function_call', call_id: 'c1', name: 'tide', arguments: '{"port":"Brest"}' },
        { type: 'function_call_output', call_id: 'c1', output: '4.2' },
        { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Low' }] },
      ],
      [
        user,
        { role: 'assistant', parts: [{ type: 'reasoning' }, call] },
        { role: 'tool', parts: [result] },
        { role: 'assistant', parts: [text('Low')] },
      ],
    ],
    [
      'results under the user are the tool’s',
      [
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 'c1', content: '4.2' },
            { type: 'text', text: 'Tide?' },
          ],
        },
      ],
      [{ role: 'tool', parts: [result] }, user],
    ],
    [
      'two whole messages stay two',
      [
        { role: 'user', content: 'Tide?' },
        { role: 'user', content: 'Tide?' },
      ],
      [user, user],
    ],
    [
      'reasoning beside the content',
      [{ role: 'assistant', reasoning_content: 'hm', content: 'Low' }],
      [{ role: 'assistant', parts: [{ type: 'reasoning', text: 'hm' }, text('Low')] }],
    ],
    [
      'a role nobody knows keeps its name',
      [{ role: 'critic', content: 'x' }],
      [{ role: 'user', name: 'critic', parts: [text('x')] }],
    ],
    ['no conversation', [{ id: 1 }], undefined],
    ['numbers', [1, 2], undefined],
    ['text without a speaker', 'Tide?', undefined],
    ['nothing', [], undefined],
  ])('%s', (_, value, expected) => {
    expect(messagesOf(value)).toEqual(expected);
  });

  test('text is said by whoever speaks', () => {
    expect(messagesOf('Tide?', 'user')).toEqual([user]);
  });
});

test('instructions stand in front unless there are some', () => {
  const user: Message = { role: 'user', parts: [text('hi')] };
  const system: Message = { role: 'system', parts: [text('Be brief')] };
  expect(withSystem([user], 'Be brief')).toEqual([system, user]);
  expect(withSystem([user], [{ type: 'text', content: 'Be brief' }])).toEqual([system, user]);
  expect(withSystem([system, user], 'Other')).toEqual([system, user]);
  expect(withSystem(undefined, 'Be brief')).toEqual([system]);
  expect(withSystem(undefined, undefined)).toBeUndefined();
});

test.each<[string, readonly Part[], Json]>([
  ['text is text', [text('Low')], 'Low'],
  ['reasoning is left out', [{ type: 'reasoning', text: 'hm' }, text('Low')], 'Low'],
  ['a structured answer is JSON', [text('{"tide":4.2}')], { tide: 4.2 }],
  ['a number stays text', [text('42')], '42'],
  ['what is more than text is shown as sent', [text('Low'), call], 'as sent'],
])('an answer: %s', (_, parts, expected) => {
  expect(answerOf([{ role: 'assistant', parts }], 'as sent')).toEqual(expected);
});

test.each<[string, Json]>([
  [
    'OpenAI chat',
    {
      type: 'function',
      function: { name: 'tide', description: 'd', parameters: { type: 'object' } },
    },
  ],
  [
    'Responses',
    { type: 'function', name: 'tide', description: 'd', parameters: { type: 'object' } },
  ],
  ['Anthropic', { name: 'tide', description: 'd', input_schema: { type: 'object' } }],
  ['Vercel', { type: 'function', name: 'tide', description: 'd', inputSchema: { type: 'object' } }],
  ['a schema as text', { name: 'tide', description: 'd', parameters: '{"type":"object"}' }],
])('tool definitions of %s', (_, raw) => {
  expect(toolDefinitionsOf([raw])).toEqual([
    { name: 'tide', description: 'd', parameters: { type: 'object' }, raw },
  ]);
});

test('tool definitions that are names, hosted tools, nonsense', () => {
  expect(toolDefinitionsOf(['tide'])).toEqual([{ name: 'tide' }]);
  expect(toolDefinitionsOf([{ type: 'web_search' }])).toMatchObject([{ name: 'web_search' }]);
  expect(
    toolDefinitionsOf([{ function_declarations: [{ name: 'a' }, { name: 'b' }] }]),
  ).toHaveLength(2);
  expect(toolDefinitionsOf('x')).toBeUndefined();
  expect(toolDefinitionsOf([1, null])).toBeUndefined();
});
