import type OpenAI from 'openai';
import { describe, expect, test } from 'vitest';
import type { ModelAnswer } from '../../examples/support-agent/model/server.mjs';
import { chatTool, model, serve, tool, user } from './modelClient';

/** Every kind of answer: what the stream adds up to must be what comes whole. */
const answers: Record<string, ModelAnswer> = {
  text: { text: 'The tent ships on Monday: 2 poles,\n\n  14 pegs and a bag – “all of it”. 🎒' },
  'empty text': { text: '' },
  'given chunks': { chunks: ['one', ' two', '', ' three'] },
  'counted chunks': { text: 'Käse 🧀 und Brot 🥖', chunks: 4 },
  'structured output': { json: { city: 'Oslo', degrees: [-3, 4.5], note: null } },
  refusal: { refusal: "I'm sorry, I can't help with that." },
  'one tool call': { toolCalls: [{ name: 'weather', arguments: { city: 'São Paulo' } }] },
  'parallel tool calls': {
    text: 'Let me look.',
    toolCalls: [
      { name: 'weather', arguments: { city: 'Oslo' } },
      { name: 'weather', arguments: { city: 'Rome' } },
      { name: 'weather' },
    ],
  },
  'arguments that are not JSON': { toolCalls: [{ name: 'weather', arguments: '{"city": "Os' }] },
  reasoning: { reasoning: 'First I think, then I speak.', text: 'Four.' },
  'hidden reasoning': { reasoning: 640, toolCalls: [{ name: 'weather', arguments: {} }] },
  'cut by length': { text: 'This goes on and', finish: 'length' },
  filtered: { text: 'This is', finish: 'content_filter' },
  'stated usage': { text: 'Hm.', usage: { input: 2000, cached: 1920, output: 50, reasoning: 40 } },
};

/** What differs from one answer to the next: ids, and the second it was made in. */
function withoutIds(value: unknown): unknown {
  const text = JSON.stringify(value, (key, field: unknown) =>
    [
      'parsed',
      'parsed_arguments',
      'output_parsed',
      'created',
      'created_at',
      'completed_at',
    ].includes(key)
      ? undefined
      : field,
  );
  return JSON.parse(text.replace(/\b(chatcmpl-|call_|resp_|msg_|fc_|rs_)[0-9a-f]+/g, '$1'));
}

describe.each(Object.entries(answers))('%s', (_, answer) => {
  test('a chat stream adds up to the whole completion', async () => {
    const { client } = await serve(() => answer);
    const body = { model, messages: user('Hello'), tools: [chatTool] };
    const whole = await client.chat.completions.create(body);
    const chunks = [];
    const stream = await client.chat.completions.create({
      ...body,
      stream: true,
      stream_options: { include_usage: true },
    });
    for await (const chunk of stream) chunks.push(chunk);
    expect(withoutIds(joinChunks(chunks))).toEqual(withoutIds(whole));
  });

  test('a responses stream adds up to the whole response', async () => {
    const { client } = await serve(() => answer);
    const body = {
      model,
      input: 'Hello',
      tools: [tool],
      reasoning: { summary: 'auto' as const },
      include: ['reasoning.encrypted_content' as const],
    };
    const whole = await client.responses.create(body);
    const events = [];
    for await (const event of await client.responses.create({ ...body, stream: true })) {
      events.push(event);
    }
    expect(events.map((event) => event.sequence_number)).toEqual(events.map((_event, at) => at));
    expect(withoutSeals(joinEvents(events))).toEqual(withoutSeals(whole));
    const last = events.at(-1) as unknown as { response: OpenAI.Responses.Response };
    expect(withoutSeals(last.response)).toEqual(withoutSeals({ ...whole, output_text: undefined }));
  });

  test("the client's own helpers accept both streams", async () => {
    const { client } = await serve(() => answer);
    const response = await client.responses.stream({ model, input: 'Hello' }).finalResponse();
    expect(response.output_text).toBe(answer.refusal === undefined ? textOf(answer) : '');
    if (answer.finish !== undefined) return;
    const completion = await client.chat.completions
      .stream({ model, messages: user('Hello') })
      .finalChatCompletion();
    expect(completion.choices[0]?.message.content ?? '').toBe(
      answer.refusal === undefined ? textOf(answer) : '',
    );
  });
});

function textOf({ text, json, chunks }: ModelAnswer): string {
  if (text !== undefined) return text;
  if (json !== undefined) return JSON.stringify(json);
  return Array.isArray(chunks) ? chunks.join('') : '';
}

function withoutSeals(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(withoutIds(value)).replace(
      /"encrypted_content":"[^"]+"/g,
      '"encrypted_content":"…"',
    ),
  );
}

type Chunk = OpenAI.Chat.Completions.ChatCompletionChunk;

/** Puts chunks together by hand, as an instrumentation library does. */
function joinChunks(chunks: Chunk[]): unknown {
  const { choices: _, object: __, usage: ___, ...head } = chunks[0]!;
  const message: Record<string, unknown> = { annotations: [] };
  const calls: { id?: string; type?: string; function: { name: string; arguments: string } }[] = [];
  let finish: unknown = null;
  for (const choice of chunks.flatMap((chunk) => chunk.choices)) {
    const { tool_calls: deltas, ...fields } = choice.delta;
    for (const [key, value] of Object.entries(fields)) {
      const before = message[key];
      const more = key !== 'role' && typeof before === 'string' && typeof value === 'string';
      message[key] = more ? before + value : value;
    }
    for (const { index, id, type, function: part } of deltas ?? []) {
      const call = (calls[index] ??= { id, type, function: { name: '', arguments: '' } });
      call.function.name += part?.name ?? '';
      call.function.arguments += part?.arguments ?? '';
    }
    finish = choice.finish_reason ?? finish;
  }
  if (calls.length > 0) message['tool_calls'] = calls;
  return {
    ...head,
    object: 'chat.completion',
    choices: [{ index: 0, message, logprobs: null, finish_reason: finish }],
    usage: chunks.at(-1)?.usage,
  };
}

type Event = OpenAI.Responses.ResponseStreamEvent;
type Item = Record<string, unknown>;

function append(item: Item, field: string, delta: string): void {
  item[field] = `${item[field] as string}${delta}`;
}

/** Builds the output from deltas alone and takes the rest from the last event. */
function joinEvents(events: Event[]): unknown {
  const output: Item[] = [];
  for (const event of events) {
    const item = 'output_index' in event ? output[event.output_index] : undefined;
    const parts = (item?.['content'] ?? item?.['summary']) as Item[] | undefined;
    switch (event.type) {
      case 'response.output_item.added':
        output[event.output_index] = structuredClone(event.item) as unknown as Item;
        break;
      case 'response.content_part.added':
        parts![event.content_index] = { ...event.part };
        break;
      case 'response.output_text.delta':
        append(parts![event.content_index]!, 'text', event.delta);
        break;
      case 'response.refusal.delta':
        append(parts![event.content_index]!, 'refusal', event.delta);
        break;
      case 'response.reasoning_summary_part.added':
        parts![event.summary_index] = { ...event.part };
        break;
      case 'response.reasoning_summary_text.delta':
        append(parts![event.summary_index]!, 'text', event.delta);
        break;
      case 'response.function_call_arguments.delta':
        append(item!, 'arguments', event.delta);
        break;
      case 'response.output_item.done':
        if (item!['status']) item!['status'] = (event.item as unknown as Item)['status'];
        break;
      default:
    }
  }
  const { response } = events.at(-1) as unknown as { response: OpenAI.Responses.Response };
  const texts = output.flatMap((item) => (item['content'] ?? []) as { text?: string }[]);
  return { ...response, output, output_text: texts.map((part) => part.text ?? '').join('') };
}
