import { Agent, run, tool } from '@openai/agents';
import { z } from 'zod';

const look = tool({
  name: 'look',
  description: 'looks',
  parameters: z.object({ where: z.string() }),
  execute: async ({ where }) => `nothing ${where}`,
});
const result = await run(
  new Agent({ name: 'Looker', model: 'gpt-5-mini', tools: [look] }),
  'hello',
);
console.log(result.finalOutput);
