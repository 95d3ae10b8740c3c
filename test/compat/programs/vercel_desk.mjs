import { generateText, Output, streamText, tool } from 'ai';
import { z } from 'zod';

const telemetry = {
  isEnabled: true,
  functionId: 'Billing',
  metadata: { userId: 'ada', sessionId: 'thread-9' },
};
const common = { telemetry, experimental_telemetry: telemetry };

export async function run(model, { stopWhen, end }) {
  const answer = await generateText({
    ...common,
    model,
    system: 'You do billing.',
    prompt: 'Please refund A-7',
    stopWhen,
    tools: {
      lookup_order: tool({
        description: 'Looks up an order.',
        inputSchema: z.object({ order_id: z.string() }),
        execute: async ({ order_id }) => {
          if (end === 'killed') process.kill(process.pid, 'SIGKILL');
          return { order_id, paid: 12.5 };
        },
      }),
      refund: tool({
        description: 'Refunds an order.',
        inputSchema: z.object({ order_id: z.string(), amount: z.number() }),
        execute: async ({ order_id }) => {
          throw new Error(`The bank did not answer for ${order_id}`);
        },
      }),
    },
    experimental_output: Output.object({
      schema: z.object({ reply: z.string(), resolved: z.boolean() }),
    }),
    output: Output.object({ schema: z.object({ reply: z.string(), resolved: z.boolean() }) }),
  });
  console.log(answer.text);
  const stream = streamText({ ...common, model, prompt: 'Say hello' });
  for await (const _ of stream.textStream);
}
