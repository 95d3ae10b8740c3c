import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { afterEach, describe, expect, test } from 'vitest';
import {
  startModelServer,
  type ModelAnswer as Scripted,
  type ModelScript,
  type ModelServer,
} from '../../examples/support-agent/model/server.mjs';
import { ModelCallError, type Delta } from '../../src/llm/answer';
import { callModel, listModels, type CallOptions } from '../../src/llm/chat';
import type { Endpoint } from '../../src/llm/endpoints';
import { toApi } from '../../src/llm/parameters';
import { bodyOf, readBody, type ModelRequest } from '../../src/llm/request';
import type { Json } from '../../src/model/value';
import { bodies } from './bodies';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function serve(
  script?: ModelScript,
  models?: readonly string[],
): Promise<{ server: ModelServer; endpoint: Endpoint }> {
  const server = await startModelServer({ script, models });
  closing.push(() => server.close());
  return { server, endpoint: at(server.url) };
}

const at = (url: string): Endpoint => ({
  name: 'test',
  url,
  key: 'sk-test',
  keyHint: 'Set THE_KEY.',
});

/** A server that answers in its own way. */
async function listen(answer: RequestListener): Promise<Endpoint> {
  const server: Server = createServer(answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return at(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`);
}

const apis = ['chat', 'responses'] as const;

const asking = (api: ModelRequest['api'], more: Partial<ModelRequest> = {}): ModelRequest => ({
  ...{ api, model: 'm', tools: [], parameters: {} },
  messages: [
    { role: 'system', parts: [{ type: 'text', text: 'Be kind.' }] },
    { role: 'user', parts: [{ type: 'text', text: 'Hi' }] },
  ],
  ...more,
});

async function failureOf(request: ModelRequest, options: CallOptions): Promise<ModelCallError> {
  const error: unknown = await callModel(request, options).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ModelCallError);
  expect((error as Error).name).toBe('UserError');
  return error as ModelCallError;
}

const textIn = ({ messages }: { messages: ModelRequest['messages'] }) =>
  messages
    .flatMap(({ parts }) => parts.flatMap((part) => (part.type === 'text' ? part.text : [])))
    .join('');

const everything: Scripted = {
  reasoning: 'I should look.',
  reasoningField: 'reasoning_content',
  text: 'Let me look.',
  toolCalls: [
    { name: 'look', id: 'c1', arguments: { a: [1, 'ü'] } },
    { name: 'refund', id: 'c2', arguments: {} },
  ],
  usage: { input: 100, cached: 40, output: 30, reasoning: 10 },
};

/** A stream that has said 'One ' and nothing more. */
const begun = {
  chat: [{ choices: [{ index: 0, delta: { content: 'One ' } }] }],
  responses: [
    {
      type: 'response.output_item.added',
      output_index: 0,
      item: { type: 'message', role: 'assistant', content: [] },
    },
    { type: 'response.output_text.delta', output_index: 0, delta: 'One ' },
  ],
};

describe.each(apis)('%s', (api) => {
  const shown: ModelRequest['parameters'] =
    api === 'responses' ? { reasoning: { summary: 'auto' } } : {};

  test.each([true, false])('an answer with everything, streaming: %s', async (stream) => {
    const { endpoint } = await serve(() => everything);
    const deltas: Delta[] = [];
    const answer = await callModel(asking(api, { parameters: shown }), {
      ...{ endpoint, stream, onDelta: (delta) => void deltas.push(delta) },
    });
    expect(answer.messages.flatMap(({ parts }) => parts)).toEqual([
      { type: 'reasoning', text: 'I should look.' },
      { type: 'text', text: 'Let me look.' },
      { type: 'toolCall', id: 'c1', name: 'look', arguments: { a: [1, 'ü'] } },
      { type: 'toolCall', id: 'c2', name: 'refund', arguments: {} },
    ]);
    expect(answer).toMatchObject({
      ...{ finishReason: 'tool_call', model: 'm', stopped: false },
      usage: { input: 100, cacheRead: 40, output: 30, reasoning: 10, total: 130 },
      responseId: expect.stringMatching(/^(chatcmpl|resp)/) as string,
    });
    const joined = (type: Delta['type'], index?: number) =>
      deltas
        .filter(
          (delta) => delta.type === type && (delta.type !== 'toolCall' || delta.index === index),
        )
        .map((delta) => (delta.type === 'toolCall' ? delta.arguments : delta.text))
        .join('');
    if (!stream) return expect(deltas).toEqual([]);
    expect(joined('reasoning')).toBe('I should look.');
    expect(joined('text')).toBe('Let me look.');
    expect(JSON.parse(joined('toolCall', 0))).toEqual({ a: [1, 'ü'] });
    expect(joined('toolCall', 1)).toBe('{}');
    expect(
      new Set(deltas.flatMap((delta) => (delta.type === 'toolCall' ? delta.name : []))),
    ).toEqual(new Set(['look', 'refund']));
    expect(answer.timeToFirstTokenMs).toBeGreaterThan(0);
    expect(answer.durationMs).toBeGreaterThanOrEqual(answer.timeToFirstTokenMs ?? Infinity);
  });

  test('a conversation goes on with the answer and its results', async () => {
    const { endpoint, server } = await serve((request) =>
      request.toolResults.length > 0
        ? 'Done.'
        : { toolCalls: [{ name: 'look', id: 'c1', arguments: { a: 1 } }] },
    );
    const first = asking(api);
    const call = await callModel(first, { endpoint });
    const result = { type: 'toolResult' as const, id: 'c1', result: { found: true } };
    const messages = [
      ...first.messages,
      ...call.messages,
      { role: 'tool' as const, parts: [result] },
    ];
    const answer = await callModel({ ...first, messages }, { endpoint });
    expect(textIn(answer)).toBe('Done.');
    expect(server.requests).toHaveLength(2);
    const sent = readBody(server.requests[1] as Json)!;
    expect(sent.messages.map(({ parts }) => parts[0]?.type)).toEqual([
      'text',
      'text',
      'toolCall',
      'toolResult',
    ]);
  });

  test('length is an end, not a failure', async () => {
    const { endpoint } = await serve(() => ({ text: 'Half a', finish: 'length' }));
    expect(await callModel(asking(api), { endpoint })).toMatchObject({ finishReason: 'length' });
  });

  test('the user can stop it and keeps what had come', async () => {
    const { endpoint } = await serve(() => ({
      chunks: ['One ', 'two ', 'three'],
      chunkDelayMs: 40,
    }));
    const controller = new AbortController();
    const answer = await callModel(asking(api), {
      ...{ endpoint, signal: controller.signal, onDelta: () => controller.abort() },
    });
    expect(answer).toMatchObject({ stopped: true });
    expect(textIn(answer)).toBe('One ');
    expect(answer.finishReason).toBeUndefined();
  });

  test('stopped before it began it calls nobody', async () => {
    const { endpoint, server } = await serve(() => 'x');
    const answer = await callModel(asking(api), { endpoint, signal: AbortSignal.abort() });
    expect(answer).toMatchObject({ stopped: true, messages: [] });
    expect(server.requests).toEqual([]);
  });

  test.each<[string, Scripted, RegExp]>([
    ['401', { error: 401 }, /^The endpoint 'test' does not accept the API key: .* Set THE_KEY\.$/],
    ['403', { error: 403 }, /does not allow this: .* rights of the API key/],
    ['404', { error: 404 }, /does not have the model 'm', .* Choose another model/],
    [
      '429',
      { error: { status: 429, retryAfterSeconds: 7 } },
      /no more requests now: .* Try again in 7 s\.$/,
    ],
    [
      'a day to come back',
      { error: { status: 429, headers: { 'retry-after': 'Thu, 01 Jan 1970 00:00:00 GMT' } } },
      /Try again in a while\.$/,
    ],
    ['quota', { error: 'quota' }, /no quota left: .* plan and billing/],
    ['500', { error: 500 }, /has trouble \(500\): .* Try again later/],
    [
      'a filtered request',
      { error: 'content_filter' },
      /content filter of 'test' refused .* Change the messages/,
    ],
    ['too long', { error: 'context_length' }, /too long for the model 'm': .* Shorten them/],
    [
      'another',
      { error: { status: 418, message: 'short and stout' } },
      /refused the request \(418\): short and stout\./,
    ],
    ['no answer', { error: 'disconnect' }, /closed the connection without an answer/],
  ])('%s is a sentence that says what to do', async (_name, answer, message) => {
    const { endpoint, server } = await serve(() => answer);
    for (const stream of [true, false]) {
      const { message: said, received } = await failureOf(asking(api), { endpoint, stream });
      expect(said).toMatch(message);
      expect(received.messages).toEqual([]);
    }
    expect(server.requests).toHaveLength(2);
  });

  test.each<[string, Scripted, RegExp]>([
    ['half a stream', { cut: true }, /broke off.* What had arrived is kept; try again\.$/],
    ['an error on the way', { error: 500 }, /The server had an error|broke off/],
    [
      'a filtered answer',
      { finish: 'content_filter' },
      /content filter of 'test' stopped the answer/,
    ],
  ])('%s keeps what had come', async (_name, end, message) => {
    const text = 'One two three four five six seven.';
    const { endpoint } = await serve(() => ({
      text,
      ...('finish' in end ? {} : { afterChunks: 7 }),
      ...end,
    }));
    const { message: said, received } = await failureOf(asking(api), { endpoint });
    expect(said).toMatch(message);
    expect(text.startsWith(textIn(received))).toBe(true);
    expect(textIn(received)).not.toBe('');
  });

  test('half a body is a failure too', async () => {
    const { endpoint } = await serve(() => ({ text: 'One two three', cut: true }));
    const { message } = await failureOf(asking(api), { endpoint, stream: false });
    expect(message).toMatch(/broke off|closed the connection|failed/);
  });

  test('silence is given up, before the answer and within it', async () => {
    const { endpoint: mute } = await serve(() => ({ text: 'x', delayMs: 30_000 }));
    const endpoint = await listen((_request, response) => {
      response.setHeader('content-type', 'text/event-stream');
      for (const event of begun[api]) response.write(`data: ${JSON.stringify(event)}\n\n`);
    });
    const before = await failureOf(asking(api), { endpoint: mute, timeoutMs: 300 });
    expect(before.message).toMatch(/^The endpoint 'test' sent nothing for 0 s\. Try again/);
    const within = await failureOf(asking(api), { endpoint, timeoutMs: 300 });
    expect(within.message).toMatch(/sent nothing for/);
    expect(textIn(within.received)).toBe('One ');
  });

  test('what is sent is the body of the request, and a stream', async () => {
    const { endpoint, server } = await serve(() => 'ok');
    const recorded = Object.values(bodies)
      .map(readBody)
      .filter((request) => request?.api === api);
    for (const request of recorded) {
      await callModel(request!, { endpoint, stream: false }).catch(() => undefined);
      expect(server.requests.at(-1)).toEqual(bodyOf(request!));
      await callModel(request!, { endpoint }).catch(() => undefined);
      const { stream, stream_options: options, ...sent } = server.requests.at(-1)!;
      expect({ stream, options }).toEqual({
        stream: true,
        options: api === 'chat' ? { include_usage: true } : undefined,
      });
      expect(sent).toEqual(bodyOf(request!));
    }
    expect(recorded.length).toBeGreaterThan(2);
  });

  test('a service that answers in one piece though asked for a stream', async () => {
    const { server } = await serve(() => 'Hello');
    const endpoint = await listen((_request, response) => {
      const path = api === 'chat' ? 'chat/completions' : 'responses';
      const body =
        api === 'chat'
          ? { model: 'm', messages: [{ role: 'user', content: 'x' }] }
          : { model: 'm', input: 'x' };
      void fetch(`${server.url}/${path}`, {
        ...{ method: 'POST', body: JSON.stringify(body) },
        headers: { 'content-type': 'application/json' },
      }).then(async (answer) => {
        response.setHeader('content-type', 'application/json');
        response.end(await answer.text());
      });
    });
    expect(textIn(await callModel(asking(api), { endpoint }))).toBe('Hello');
  });
});

describe('what is no service', () => {
  test('nothing listens', async () => {
    const endpoint = await listen(() => undefined);
    for (const close of closing.splice(0)) await close();
    const { message } = await failureOf(asking('chat'), { endpoint });
    expect(message).toBe(
      `Nothing answers at ${endpoint.url}. Start the service of 'test', or correct its address.`,
    );
    await expect(listModels(endpoint)).rejects.toThrow(/^Nothing answers at/);
  });
  test('an unknown host', async () => {
    const { message } = await failureOf(asking('chat'), {
      endpoint: at('http://nowhere.invalid/v1'),
    });
    expect(message).toMatch(/^The host of http:\/\/nowhere\.invalid\/v1 is not known/);
  });
  test('a page', async () => {
    const endpoint = await listen((_request, response) => response.end('<html>Welcome</html>'));
    const { message } = await failureOf(asking('chat'), { endpoint });
    expect(message).toMatch(/no JSON .* Look at the address/);
  });
  test('an error that calls itself a success', async () => {
    const endpoint = await listen((_request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end('{"error":{"message":"No credits","code":"insufficient_quota"}}');
    });
    expect((await failureOf(asking('chat'), { endpoint })).message).toMatch(
      /no quota left: No credits\./,
    );
  });
  test('no key where one is wanted', async () => {
    const { endpoint } = await serve(() => ({ error: 401 }));
    const { message } = await failureOf(asking('chat'), {
      endpoint: { ...endpoint, key: undefined },
    });
    expect(message).toBe("The endpoint 'test' wants an API key. Set THE_KEY.");
  });
});

test('the key is sent as it must be, and none where there is none', async () => {
  const { endpoint, server } = await serve(() => 'x');
  process.env.OPENAI_ORG_ID = 'org-of-mine';
  closing.push(() => delete process.env.OPENAI_ORG_ID);
  await callModel(asking('chat'), { endpoint });
  await callModel(asking('chat'), { endpoint: { ...endpoint, key: undefined } });
  expect(server.calls.map(({ headers }) => headers.authorization)).toEqual([
    'Bearer sk-test',
    undefined,
  ]);
  expect(server.calls.map(({ headers }) => headers['openai-organization'])).toEqual([
    undefined,
    undefined,
  ]);
});

test('the models an endpoint offers', async () => {
  const { endpoint } = await serve(undefined, ['b', 'a']);
  expect(await listModels(endpoint)).toEqual(['a', 'b']);
});

describe('the other interface', () => {
  const request = readBody(bodies['all that Responses can hold'] as Json)!;
  test('says the same in its own form', () => {
    const body = bodyOf(toApi(request, 'chat')) as Record<string, Json>;
    expect(readBody(body)?.api).toBe('chat');
    expect(body).toMatchObject({
      reasoning_effort: 'low',
      verbosity: 'low',
      response_format: { type: 'json_schema', json_schema: { name: 'r', strict: true } },
      tools: [
        { type: 'function', function: { name: 'look', strict: true } },
        { type: 'web_search' },
      ],
    });
    expect(Object.keys(body)).not.toContain('previous_response_id');
    expect(body.messages).toMatchObject([
      { role: 'system', content: 'Be kind.\n' },
      { role: 'user', content: 'Hi' },
      { role: 'system', content: 'x' },
      { role: 'user', content: [{ type: 'text' }, { type: 'image_url' }, {}, { type: 'file' }] },
      {
        role: 'assistant',
        tool_calls: [{ id: 'c1', function: { name: 'look', arguments: '{"a":1}' } }],
      },
      { role: 'tool', tool_call_id: 'c1', content: '{"b":2}' },
      { role: 'tool' },
      { role: 'assistant' },
    ]);
  });
  test('there and back loses no parameter that both have', () => {
    const chat = asking('chat', {
      parameters: {
        temperature: 1,
        max_completion_tokens: 5,
        reasoning_effort: 'low',
        verbosity: 'high',
        seed: 1,
      },
    });
    const there = toApi(chat, 'responses');
    expect(there.parameters).toEqual({
      ...{
        temperature: 1,
        max_output_tokens: 5,
        reasoning: { effort: 'low' },
        text: { verbosity: 'high' },
      },
    });
    const { seed: _seed, ...kept } = chat.parameters;
    expect(toApi(there, 'chat').parameters).toEqual(kept);
  });
});
