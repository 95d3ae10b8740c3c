import assert from 'node:assert';
import { mock, test } from 'node:test';
import OpenAI from 'openai';

/** As a user tests an agent: with mocked timers, and with a fetch of their own. */
test('answers', async () => {
  mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const answer = await new OpenAI().chat.completions.create({
    model: 'gpt-5-mini',
    messages: [{ role: 'user', content: 'hello' }],
  });
  mock.timers.reset();
  assert.equal(answer.choices[0].message.content, 'hello');
});

test('with another fetch', async () => {
  const fetch = async () =>
    new globalThis.Response(JSON.stringify({ id: 'x', choices: [] }), {
      headers: { 'content-type': 'application/json' },
    });
  const client = new OpenAI({ fetch });
  const answer = await client.chat.completions.create({
    model: 'mocked',
    messages: [{ role: 'user', content: 'hello' }],
  });
  assert.equal(answer.id, 'x');
});
