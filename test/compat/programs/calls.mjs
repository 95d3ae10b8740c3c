/** Calls of the OpenAI client: a tool call, its result, a stream, an answer of the other interface, a failure. */
const question = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'What is the weather in Brest?' },
];
const tools = [
  {
    type: 'function',
    function: {
      name: 'get_weather',
      description: 'Tells the weather',
      parameters: { type: 'object', properties: { city: { type: 'string' } } },
    },
  },
];
const model = 'gpt-5-mini';

export async function run(client, failing, end) {
  if (end === 'killed') await hello(client, () => process.kill(process.pid, 'SIGKILL'));
  const answer = await client.chat.completions.create({ model, messages: question, tools });
  const { message } = answer.choices[0];
  await client.chat.completions.create({
    model,
    tools,
    messages: [
      ...question,
      message,
      { role: 'tool', tool_call_id: message.tool_calls[0].id, content: 'rain' },
    ],
  });
  await hello(client, () => undefined);
  await client.responses.create({ model, instructions: 'Be brief.', input: 'Say something' });
  await client.embeddings.create({ model: 'text-embedding-3-small', input: ['one'] });
  await failing.chat.completions
    .create({ model: 'fault-500', messages: [{ role: 'user', content: 'Fail' }] })
    .catch((error) => console.log(error.name));
}

async function hello(client, onPart) {
  const stream = await client.chat.completions.create({
    model,
    messages: [{ role: 'user', content: 'Say hello' }],
    stream: true,
    stream_options: { include_usage: true },
  });
  for await (const _ of stream) onPart();
}
