/** LangChain.js, seen by the hook through its client, or by OpenInference. */
import { tool } from '@langchain/core/tools';
import { ChatOpenAI } from '@langchain/openai';
import { z } from 'zod';

const [, , via, end] = process.argv;
let shutdown = async () => undefined;
if (via === 'openinference') {
  const { LangChainInstrumentation } =
    await import('@arizeai/openinference-instrumentation-langchain');
  const callbacks = await import('@langchain/core/callbacks/manager');
  const { provider } = await import('./otel.mjs');
  new LangChainInstrumentation({ tracerProvider: provider }).manuallyInstrument(callbacks);
  shutdown = () => provider.shutdown();
}
const lookupOrder = tool(
  ({ order_id }) => {
    if (end === 'killed') process.kill(process.pid, 'SIGKILL');
    return JSON.stringify({ order_id, paid: 12.5 });
  },
  {
    name: 'lookup_order',
    description: 'Looks up an order.',
    schema: z.object({ order_id: z.string() }),
  },
);
const refund = tool(
  ({ order_id }) => {
    throw new Error(`The bank did not answer for ${order_id}`);
  },
  {
    name: 'refund',
    description: 'Refunds an order.',
    schema: z.object({ order_id: z.string(), amount: z.number() }),
  },
);
const model = new ChatOpenAI({ model: 'gpt-5-mini' });
const config = { metadata: { thread_id: 'thread-9', session_id: 'thread-9' } };
const messages = [
  { role: 'system', content: 'You do billing.' },
  { role: 'user', content: 'Please refund A-7' },
];
const asked = await model.bindTools([lookupOrder, refund]).invoke(messages, config);
const results = [];
for (const [i, one] of [lookupOrder, refund].entries()) {
  const call = asked.tool_calls[i];
  const result = await one.invoke(call, config).catch((error) => error.message);
  const content = result.content ?? result;
  results.push({ role: 'tool', tool_call_id: call.id, content });
}
const schema = z.object({ reply: z.string(), resolved: z.boolean() });
await model
  .withStructuredOutput(schema, { name: 'answer' })
  .invoke([...messages, asked, ...results], config);
for await (const _ of await model.stream('Say hello', config));
await shutdown();
