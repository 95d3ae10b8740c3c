const { Agent, run, tool } = require('@openai/agents');
const { z } = require('zod');

const look = tool({
  name: 'look',
  description: 'looks',
  parameters: z.object({ where: z.string() }),
  execute: async ({ where }) => `nothing ${where}`,
});
run(new Agent({ name: 'Looker', model: 'gpt-5-mini', tools: [look] }), 'hello').then((result) =>
  console.log(result.finalOutput),
);
