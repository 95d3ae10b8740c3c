import OpenAI from 'openai';
import { afterEach, describe, expect, test } from 'vitest';
import { startModelServer } from '../../examples/support-agent/model/server.mjs';
import type { ModelScript, ModelServer } from '../../examples/support-agent/model/server.mjs';

const model = 'gpt-5-mini';
const started: ModelServer[] = [];

async function serve(script: ModelScript) {
  const server = await startModelServer({ script });
  started.push(server);
  const client = new OpenAI({ apiKey: 'sk-test', baseURL: server.url, maxRetries: 0 });
  return { server, client };
}

afterEach(async () => {
  await Promise.all(started.splice(0).map((server) => server.close()));
});

describe('chat completions', () => {
  test('answers as the service does', async () => {
    const { client } = await serve(() => ({ text: 'Hello there.' }));
    const completion = await client.chat.completions.create({
      model,
      messages: [{ role: 'user', content: 'hi' }],
    });
    expect(completion).toMatchObject({
      object: 'chat.completion',
      model: 'gpt-5-mini-2025-08-07',
      choices: [{ finish_reason: 'stop', message: { role: 'assistant', content: 'Hello there.' } }],
    });
  });
});
