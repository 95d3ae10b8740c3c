import { Agent, handoff, Runner, tool } from '@openai/agents';
import { z } from 'zod';

const lookUp = tool({
  name: 'look_up_order',
  description: 'Finds an order',
  parameters: z.object({ id: z.string() }),
  execute: async ({ id }) => ({ id, state: 'shipped' }),
});
const refund = tool({
  name: 'refund',
  description: 'Pays money back',
  parameters: z.object({ id: z.string() }),
  execute: async () => {
    throw new Error('the bank is closed');
  },
});
const billing = new Agent({
  name: 'Billing',
  model: 'gpt-5-mini',
  instructions: 'You refund.',
  tools: [refund],
});
const triage = new Agent({
  name: 'Triage',
  model: 'gpt-5-mini',
  instructions: 'You are triage.',
  tools: [lookUp],
  handoffs: [handoff(billing)],
  modelSettings: { temperature: 0.2 },
  inputGuardrails: [
    {
      name: 'no-shouting',
      execute: async () => ({ outputInfo: 'calm', tripwireTriggered: false }),
    },
  ],
});

const runner = new Runner({
  workflowName: 'Support desk',
  groupId: 'session-7',
  traceMetadata: { tier: 'gold' },
});
const stream = process.argv.includes('--stream');
const result = await runner.run(triage, 'Where is order 17?', { stream });
if (stream) for await (const event of result) void event;
console.log(result.finalOutput);
if (process.argv.includes('--exit')) process.exit(0);
