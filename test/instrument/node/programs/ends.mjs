/**
 * Makes one model call or one agent run and ends in the way the arguments name. The Agents SDK,
 * which listens to signals itself, is loaded only where it is used.
 */
const [what, end] = process.argv.slice(2);
const ends = {
  return: () => {},
  exit: () => process.exit(3),
  throw: () => {
    throw new Error('uncaught on purpose');
  },
  reject: () => void Promise.reject(new Error('unhandled on purpose')),
  term: () => process.kill(process.pid, 'SIGTERM'),
  kill: () => process.kill(process.pid, 'SIGKILL'),
  late: async () => {
    process.on('exit', () => console.log('last words'));
    await new Promise((resolve) => setTimeout(resolve, 400));
    await call();
    process.exit(6);
  },
  wait: () => {
    console.log('ready');
    setTimeout(() => {}, 20_000);
  },
};

async function call() {
  const { default: OpenAI } = await import('openai');
  await new OpenAI({ maxRetries: 0 }).chat.completions.create({
    model: 'gpt-5-mini',
    messages: [{ role: 'user', content: 'hello' }],
  });
}

async function agent(inTool) {
  const { Agent, run, tool } = await import('@openai/agents');
  const { z } = await import('zod');
  const look = tool({
    name: 'look',
    description: 'looks',
    parameters: z.object({}),
    execute: async () => (inTool ? ends[end]() : 'seen'),
  });
  await run(new Agent({ name: 'Looker', model: 'gpt-5-mini', tools: [look] }), 'hello');
}

if (what === 'tool') await agent(true);
else {
  if (what === 'call') await call();
  else await agent(false);
  await ends[end]();
}
