/** The help desk on the OpenAI Agents SDK: handoff, two tools at once of which one fails, a stream. */
import { Agent, handoff, run, Runner, tool } from '@openai/agents';
import { z } from 'zod';

const killed = process.argv[2] === 'killed';
const lookupOrder = tool({
  name: 'lookup_order',
  description: 'Looks up an order.',
  parameters: z.object({ order_id: z.string() }),
  execute: async ({ order_id }) => {
    if (killed) process.kill(process.pid, 'SIGKILL');
    return JSON.stringify({ order_id, paid: 12.5 });
  },
});
const refund = tool({
  name: 'refund',
  description: 'Refunds an order.',
  parameters: z.object({ order_id: z.string(), amount: z.number() }),
  execute: async ({ order_id }) => {
    throw new Error(`The bank did not answer for ${order_id}`);
  },
});
const model = 'gpt-5-mini';
const billing = new Agent({
  name: 'Billing',
  instructions: 'You do billing.',
  model,
  tools: [lookupOrder, refund],
  outputType: z.object({ reply: z.string(), resolved: z.boolean() }),
});
const triage = Agent.create({
  name: 'Triage',
  instructions: 'You do triage.',
  model,
  handoffs: [handoff(billing)],
});
const runner = new Runner({ workflowName: 'Help desk', groupId: 'thread-9' });
console.log((await runner.run(triage, 'Please refund A-7')).finalOutput);
const echo = new Agent({ name: 'Echo', instructions: 'Be brief.', model });
const stream = await run(echo, 'Say hello', { stream: true });
for await (const _ of stream);
