/** The help desk of `desk.py` on the OpenAI Agents SDK for JavaScript, traced by Glassbox's own hook. */
import { Agent, handoff, Runner, tool } from '@openai/agents';
import { z } from 'zod';

const lookupOrder = tool({
  name: 'lookup_order',
  description: 'Looks up an order.',
  parameters: z.object({ order_id: z.string() }),
  execute: async ({ order_id }) => JSON.stringify({ order_id, paid: 12.5 }),
});
const refund = tool({
  name: 'refund',
  description: 'Refunds an order.',
  parameters: z.object({ order_id: z.string(), amount: z.number() }),
  execute: async ({ order_id }) => {
    throw new Error(`The bank did not answer for ${order_id}`);
  },
});
const billing = new Agent({
  name: 'Billing',
  instructions: 'You do billing.',
  model: 'gpt-5-mini',
  tools: [lookupOrder, refund],
  outputType: z.object({ reply: z.string(), resolved: z.boolean() }),
});
const triage = Agent.create({
  name: 'Triage',
  instructions: 'You do triage.',
  model: 'gpt-5-mini',
  handoffs: [handoff(billing)],
  inputGuardrails: [
    {
      name: 'stay_polite',
      execute: async ({ input }) => ({
        outputInfo: { checked: true },
        tripwireTriggered: JSON.stringify(input).includes('REFUND'),
      }),
    },
  ],
});
const runner = new Runner({ workflowName: 'Help desk', groupId: 'thread-9' });
const text = process.argv[2] === 'guardrail' ? 'REFUND A-7 NOW' : 'Please refund A-7';
try {
  const result = await runner.run(triage, text);
  console.log(result.finalOutput);
} catch (error) {
  console.log(error.name);
}
