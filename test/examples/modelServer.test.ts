import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { zodResponseFormat, zodTextFormat } from 'openai/helpers/zod';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { ModelRequest } from '../../examples/support-agent/model/server.mjs';
import { chatTool, model, serve, tool, user } from './modelClient';

describe('what the script is asked', () => {
  test('one rule serves both interfaces', async () => {
    const seen: ModelRequest[] = [];
    const { client } = await serve((request) => {
      seen.push(request);
      return 'ok';
    });
    const call = { name: 'weather', arguments: '{"city":"Oslo"}' };
    await client.chat.completions.create({
      model,
      messages: [
        { role: 'system', content: 'Be brief.' },
        ...user('Weather?'),
        { role: 'assistant', tool_calls: [{ id: 'call_1', type: 'function', function: call }] },
        { role: 'tool', tool_call_id: 'call_1', content: '{"degrees":4}' },
      ],
      tools: [chatTool],
    });
    await client.responses.create({
      model,
      instructions: 'Be brief.',
      input: [
        ...user('Weather?'),
        { type: 'function_call', call_id: 'call_1', ...call },
        { type: 'function_call_output', call_id: 'call_1', output: '{"degrees":4}' },
      ],
      tools: [tool],
    });
    const shared = seen.map(({ api: _, body: __, index: ___, tools, ...rest }) => ({
      ...rest,
      tools: tools.map(({ name }) => name),
    }));
    expect(shared[0]).toEqual(shared[1]);
    expect(shared[0]).toMatchObject({
      model,
      system: 'Be brief.',
      lastUserText: 'Weather?',
      apiKey: 'sk-test',
      toolResults: [
        { id: 'call_1', name: 'weather', arguments: { city: 'Oslo' }, output: { degrees: 4 } },
      ],
    });
    expect(seen.map(({ api, index }) => [api, index])).toEqual([
      ['chat', 0],
      ['responses', 1],
    ]);
  });

  test('rules are tried in order, by what they name', async () => {
    const { client } = await serve([
      { when: { model: 'gpt-4o' }, answer: 'by model' },
      { when: { user: /^tel{2}/i, system: 'pirate' }, answer: 'Arr.' },
      { when: { user: 'tell' }, answer: ['first', 'second'] },
      { when: (request) => request.tools.length > 0, answer: ({ tools }) => `${tools[0]?.name}` },
    ]);
    const ask = async (input: string, rest: object = {}) =>
      (await client.responses.create({ model, input, ...rest })).output_text;
    expect(await ask('Tell', { model: 'gpt-4o' })).toBe('by model');
    expect(await ask('Tell', { instructions: 'You are a Pirate.' })).toBe('Arr.');
    expect([await ask('tell'), await ask('tell'), await ask('tell')]).toEqual([
      'first',
      'second',
      'second',
    ]);
    expect(await ask('Hm', { tools: [tool] })).toBe('weather');
    await expect(ask('Nobody knows')).rejects.toMatchObject({ status: 400, code: 'no_rule' });
  });

  test('a response continues the one it names, tool calls included', async () => {
    const { client, server } = await serve([
      { when: { tool: 'weather' }, answer: ({ messages }) => `after ${messages.length} messages` },
      { answer: { toolCalls: [{ name: 'weather', arguments: {}, id: 'call_7' }] } },
    ]);
    const first = await client.responses.create({ model, input: 'Weather?', tools: [tool] });
    const output = { type: 'function_call_output' as const, call_id: 'call_7', output: 'sunny' };
    const next = { model, input: [output], previous_response_id: first.id };
    const second = await client.responses.create(next);
    expect(second.output_text).toBe('after 3 messages');
    expect(second.previous_response_id).toBe(first.id);
    expect(await client.responses.retrieve(first.id)).toMatchObject({ id: first.id });
    expect(server.requests).toHaveLength(2);
    expect(server.requests[1]).toEqual(next);
    await client.responses.delete(first.id);
    await expect(client.responses.create(next)).rejects.toMatchObject({
      status: 400,
      code: 'previous_response_not_found',
    });
  });

  test('structured output is parsed by the helpers', async () => {
    const Answer = z.object({ city: z.string() });
    const { client } = await serve(({ schemaName, schema }) => ({
      json: {
        city: `${schemaName} ${Object.keys((schema as { properties: object }).properties).join()}`,
      },
    }));
    const response = await client.responses.parse({
      model,
      input: 'Where?',
      text: { format: zodTextFormat(Answer, 'answer') },
    });
    const completion = await client.chat.completions.parse({
      model,
      messages: user('Where?'),
      response_format: zodResponseFormat(Answer, 'answer'),
    });
    expect(response.output_parsed).toEqual({ city: 'answer city' });
    expect(completion.choices[0]?.message.parsed).toEqual({ city: 'answer city' });
  });
});

describe('tokens', () => {
  test('are counted the same each time, and add up', async () => {
    const { client } = await serve(() => ({
      reasoning: 'Let me think.',
      text: 'Five words are in here.',
    }));
    const ask = async () =>
      (await client.responses.create({ model, input: 'Count, please.' })).usage!;
    const [first, second] = [await ask(), await ask()];
    expect(second).toEqual(first);
    expect(first.output_tokens_details.reasoning_tokens).toBeGreaterThan(0);
    expect(first.output_tokens).toBeGreaterThan(first.output_tokens_details.reasoning_tokens);
    expect(first.total_tokens).toBe(first.input_tokens + first.output_tokens);
  });

  test('of a long prefix are cached when seen again, in steps of 128', async () => {
    const { client } = await serve(() => 'ok');
    const ask = async (rest: string) => {
      const instructions = 'Be kind to the customer. '.repeat(300);
      const { usage } = await client.responses.create({ model, instructions, input: rest });
      return usage!.input_tokens_details.cached_tokens;
    };
    expect(await ask('one')).toBe(0);
    const cached = await ask('two');
    expect(cached).toBeGreaterThanOrEqual(1024);
    expect(cached % 128).toBe(0);
  });
});

describe('embeddings', () => {
  test('are unit vectors in which like texts lie close, in both encodings', async () => {
    const { client } = await serve(() => undefined);
    const embed = async (input: string[], encoding: 'float' | 'base64' | undefined) =>
      client.embeddings.create({
        model: 'text-embedding-3-small',
        input,
        ...(encoding === 'float' ? { encoding_format: encoding } : {}),
      });
    const texts = ['where is my parcel', 'my parcel, where is it', 'bake a cake slowly'];
    const [packed, plain] = [await embed(texts, undefined), await embed(texts, 'float')];
    const vectors = plain.data.map(({ embedding }) => embedding);
    const dot = (a: number[], b: number[]) => a.reduce((sum, value, at) => sum + value * b[at]!, 0);
    expect(vectors[0]).toHaveLength(1536);
    expect(dot(vectors[0]!, vectors[0]!)).toBeCloseTo(1, 5);
    expect(dot(vectors[0]!, vectors[1]!)).toBeGreaterThan(dot(vectors[0]!, vectors[2]!) + 0.3);
    expect(packed.data[1]?.embedding[7]).toBeCloseTo(vectors[1]![7]!, 5);
    expect(plain.usage.total_tokens).toBeGreaterThan(0);
  });
});

test('models are listed and found, and a deployment path names one', async () => {
  const { client, server } = await serve(({ model: asked }) => asked);
  const names = [];
  for await (const { id } of client.models.list()) names.push(id);
  expect(names).toContain('gpt-5-mini');
  expect(await client.models.retrieve('gpt-5-mini')).toMatchObject({ object: 'model' });
  await expect(client.models.retrieve('gpt-0')).rejects.toMatchObject({ status: 404 });
  const azure = server.url.replace(
    '/v1',
    '/openai/deployments/mine/chat/completions?api-version=1',
  );
  const answer = await fetch(azure, {
    method: 'POST',
    body: JSON.stringify({ messages: user('Hi') }),
  });
  expect(await answer.json()).toMatchObject({ choices: [{ message: { content: 'mine' } }] });
});

test('without a script it echoes, and models called fault-… fail', async () => {
  const { client } = await serve();
  const ask = (name: string) => client.responses.create({ model: name, input: 'Hi' });
  expect((await ask(model)).output_text).toBe('You said: Hi');
  expect((await ask('fault-length')).incomplete_details).toEqual({ reason: 'max_output_tokens' });
  await expect(ask('fault-401')).rejects.toMatchObject({ status: 401 });
  await expect(ask('fault-content_filter')).rejects.toMatchObject({ code: 'content_filter' });
});

describe('as a program', () => {
  const file = 'examples/support-agent/model/server.mjs';

  async function firstLine(child: ReturnType<typeof spawn>): Promise<string> {
    let text = '';
    for await (const part of child.stdout!) {
      text += String(part);
      if (text.includes('\n')) break;
    }
    return text.trim();
  }

  test('prints its base URL, answers, and ends with its standard input', async () => {
    const child = spawn(process.execPath, [file], { stdio: ['pipe', 'pipe', 'inherit'] });
    const exited = once(child, 'exit');
    const url = await firstLine(child);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v1$/);
    expect((await fetch(`${url}/models`)).status).toBe(200);
    child.stdin.end();
    expect((await exited)[0]).toBe(0);
  });

  test('a script that is not there is one line and exit 1', async () => {
    const child = spawn(process.execPath, [file, '--script', 'nowhere.mjs'], { stdio: 'pipe' });
    const lines: string[] = [];
    child.stderr.on('data', (part) => lines.push(String(part)));
    expect((await once(child, 'exit'))[0]).toBe(1);
    expect(lines.join('').trim()).toMatch(/^Cannot find module .*nowhere\.mjs/);
  });
});
