import OpenAI, { APIConnectionError } from 'openai';
import { describe, expect, test } from 'vitest';
import type { ModelAnswer } from '../../examples/support-agent/model/server.mjs';
import { model, serve, user } from './modelClient';

describe('failures', () => {
  const faults: [string, ModelAnswer, object][] = [
    ['401', { error: 401 }, { status: 401, code: 'invalid_api_key' }],
    ['404', { error: 404 }, { status: 404, code: 'model_not_found' }],
    ['429', { error: 429 }, { status: 429, code: 'rate_limit_exceeded' }],
    ['quota', { error: 'quota' }, { status: 429, code: 'insufficient_quota' }],
    ['500', { error: 500 }, { status: 500, type: 'server_error' }],
    ['content filter', { error: 'content_filter' }, { status: 400, code: 'content_filter' }],
    [
      'own words',
      { error: { status: 418, message: 'short and stout', code: 'teapot' } },
      { status: 418, code: 'teapot', message: '418 short and stout' },
    ],
  ];
  test.each(faults)('%s, from both interfaces, streaming or not', async (_, answer, expected) => {
    const { client } = await serve(() => answer);
    for (const stream of [false, true]) {
      const chat = client.chat.completions.create({ model, messages: user('Hi'), stream });
      await expect(chat).rejects.toMatchObject(expected);
      const response = client.responses.create({ model, input: 'Hi', stream });
      await expect(response).rejects.toMatchObject(expected);
    }
  });

  test('429 says when to come back, and a client that waits gets its answer', async () => {
    const wait = { status: 429, code: 'rate_limit_exceeded', retryAfterSeconds: 0 };
    const { server } = await serve([{ answer: [{ error: wait }, 'welcome back'] }]);
    const client = new OpenAI({ apiKey: 'sk', baseURL: server.url, maxRetries: 1 });
    const response = await client.responses.create({ model, input: 'Hi' });
    expect(response.output_text).toBe('welcome back');
    expect(server.requests).toHaveLength(2);
    const { client: other } = await serve(() => ({ error: 429 }));
    const error = await other.responses.create({ model, input: 'Hi' }).catch((e: unknown) => e);
    expect((error as InstanceType<typeof OpenAI.APIError>).headers?.get('retry-after')).toBe('1');
  });

  test.each(['cut', 'error in the stream'])('%s leaves what was said before', async (kind) => {
    const text = 'One two three four five six seven.';
    const end = kind === 'cut' ? { cut: true } : { error: 500 };
    const { client } = await serve(() => ({ text, afterChunks: 7, ...end }));
    let chat = '';
    const chatRun = (async () => {
      const stream = await client.chat.completions.create({
        model,
        messages: user('Hi'),
        stream: true,
      });
      for await (const chunk of stream) chat += chunk.choices[0]?.delta.content ?? '';
    })();
    await expect(chatRun).rejects.toThrow();
    expect(text.startsWith(chat) && chat.length > 0 && chat.length < text.length).toBe(true);
    const types: string[] = [];
    const responsesRun = (async () => {
      const stream = await client.responses.create({ model, input: 'Hi', stream: true });
      for await (const event of stream) types.push(event.type);
    })();
    if (kind === 'cut') await expect(responsesRun).rejects.toThrow();
    else await responsesRun;
    expect(types).toContain('response.output_text.delta');
    expect(types.at(-1)).toBe(kind === 'cut' ? 'response.output_text.delta' : 'response.failed');
  });

  test('a connection that closes, with and without half a body', async () => {
    for (const answer of [{ error: 'disconnect' as const }, { text: 'Half of this', cut: true }]) {
      const { client } = await serve(() => answer);
      await expect(client.responses.create({ model, input: 'Hi' })).rejects.toThrow();
    }
    const { client, server } = await serve(() => 'ok');
    await server.close();
    const refused = client.responses.create({ model, input: 'Hi' });
    await expect(refused).rejects.toBeInstanceOf(APIConnectionError);
  });

  test('a slow answer is given up by a client that will not wait', async () => {
    const { server } = await serve(() => ({ text: 'late', delayMs: 60_000 }));
    const client = new OpenAI({ apiKey: 'sk', baseURL: server.url, maxRetries: 0, timeout: 50 });
    await expect(client.responses.create({ model, input: 'Hi' })).rejects.toThrow(/timed out/i);
  });

  test.each([
    [
      'no tool answered the call',
      [{ type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' }],
    ],
    ['no call was answered', [{ type: 'function_call_output', call_id: 'c', output: '' }]],
  ])('a conversation in which %s is refused', async (_, input) => {
    const { client } = await serve(() => 'ok');
    const run = client.responses.create({ model, input: input as OpenAI.Responses.ResponseInput });
    await expect(run).rejects.toMatchObject({ status: 400 });
  });

  test('a broken body, an unknown path and a script that throws are told, and the next request works', async () => {
    const { server, client } = await serve(({ lastUserText }) => {
      if (lastUserText === 'boom') throw new RangeError('out of lines');
      return 'ok';
    });
    const post = (path: string, body: string) => fetch(server.url + path, { method: 'POST', body });
    expect((await post('/responses', '{"model":')).status).toBe(400);
    expect((await post('/responses', '{"model":"m"}')).status).toBe(400);
    expect((await post('/chat/completions', '{"messages":[]}')).status).toBe(400);
    expect((await post('/audio/speech', '{}')).status).toBe(404);
    const boom = client.responses.create({ model, input: 'boom' });
    await expect(boom).rejects.toThrow(/The script failed: RangeError: out of lines at /);
    expect((await client.responses.create({ model, input: 'Hi' })).output_text).toBe('ok');
  });
});
