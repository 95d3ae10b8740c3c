import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/**
 * Uses the `openai` client in every way its users do and prints what each gives, so that runs with
 * and without the hook can be compared. `SDK` names the folder it is taken from, `MODULE` is `esm`
 * or `cjs`; arguments choose the ways.
 */
const require = createRequire(process.env.SDK + '/index.js');
const OpenAI =
  process.env.MODULE === 'cjs'
    ? require('openai').OpenAI
    : (await import(pathToFileURL(require.resolve('openai').replace(/\.js$/, '.mjs')).href)).OpenAI;

const client = new OpenAI({ maxRetries: 1 });
const model = 'gpt-4o-mini';
const messages = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'Say hello' },
];
const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } };
const tools = [
  { type: 'function', function: { name: 'tide', parameters: { type: 'object', properties: {} } } },
];
const collect = async (stream) => {
  const items = [];
  for await (const item of stream) items.push(item);
  return items;
};
const textOf = (chunks) => chunks.map((chunk) => chunk.choices?.[0]?.delta?.content ?? '').join('');

const ways = {
  chat: async () =>
    (await client.chat.completions.create({ model, messages, temperature: 0.5, max_tokens: 50 }))
      .choices[0].message,
  chatStream: async () =>
    textOf(
      await collect(
        await client.chat.completions.create({
          model,
          messages,
          stream: true,
          stream_options: { include_usage: true },
        }),
      ),
    ),
  chatHelper: async () => {
    const from = client.chat.completions.stream ? client.chat : client.beta.chat;
    const runner = from.completions.stream({ model, messages });
    const deltas = [];
    runner.on('content', (delta) => deltas.push(delta));
    return [(await runner.finalChatCompletion()).choices[0].message.content, deltas.join('')];
  },
  chatTools: async () =>
    (
      await client.chat.completions.create({
        model,
        messages: [{ role: 'user', content: 'tide?' }],
        tools,
      })
    ).choices[0],
  chatImage: async () =>
    (
      await client.chat.completions.create({
        model,
        messages: [{ role: 'user', content: [{ type: 'text', text: 'Say hello' }, image] }],
      })
    ).choices[0].message.content,
  responses: async () =>
    (await client.responses.create({ model, instructions: 'Be brief.', input: 'Say hello' }))
      .output_text,
  responsesStream: async () =>
    (await collect(await client.responses.create({ model, input: 'Say hello', stream: true }))).map(
      (event) => event.type,
    ),
  responsesHelper: async () =>
    (await client.responses.stream({ model, input: 'Say hello' }).finalResponse()).output_text,
  embeddings: async () =>
    (await client.embeddings.create({ model: 'text-embedding-3-small', input: ['a', 'b'] })).data
      .length,
  withResponse: async () => {
    const promise = client.chat.completions.create({ model, messages });
    const { data, response } = await promise.withResponse();
    return [promise.constructor.name, data.object, response.constructor.name, response.status];
  },
  asResponse: async () => {
    const response = await client.chat.completions.create({ model, messages }).asResponse();
    return [Object.keys(response), (await response.json()).object];
  },
  unread: async () =>
    (await client.chat.completions.create({ model, messages }).asResponse()).status,
  tee: async () => {
    const stream = await client.chat.completions.create({ model, messages, stream: true });
    const [left, right] = stream.tee();
    return [stream.constructor.name, textOf(await collect(left)), textOf(await collect(right))];
  },
  leave: async () => {
    for await (const chunk of await client.chat.completions.create({
      model,
      messages,
      stream: true,
    })) {
      if (chunk.choices[0].delta.content) return 'left';
    }
  },
  models: async () => (await client.models.list()).data.length > 0,
  refused: () =>
    client.chat.completions.create({ model, messages: [{ role: 'user', content: 'refuse' }] }),
  busy: () =>
    client.chat.completions.create({ model, messages: [{ role: 'user', content: 'busy' }] }),
  retried: async () =>
    (
      await client.chat.completions.create({
        model,
        messages: [{ role: 'user', content: 'again' }],
      })
    ).choices[0].message.content,
  unreachable: () =>
    new OpenAI({ maxRetries: 0, baseURL: 'http://127.0.0.1:9/v1' }).chat.completions.create({
      model,
      messages,
    }),
};

for (const name of process.argv.slice(2)) {
  try {
    console.log(name, JSON.stringify(await ways[name]()));
  } catch (error) {
    console.log(name, error.constructor.name, error.status, error.message);
  }
}
console.log('listeners', process.listenerCount('exit'), process.listenerCount('SIGTERM'));
