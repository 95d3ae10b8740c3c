import { createRequire } from 'node:module';

/** Two copies of the client in one process: one as an ES module, one as CommonJS. */
const { default: First } = await import('openai');
const { OpenAI: Second } = createRequire(import.meta.url)('openai');
const ask = (Client) =>
  new Client().chat.completions.create({
    model: 'gpt-5-mini',
    messages: [{ role: 'user', content: 'hello' }],
  });
await ask(First);
await ask(Second);
console.log(First === Second);
