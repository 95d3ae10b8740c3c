import {
  Agent,
  getGlobalTraceProvider,
  run,
  Runner,
  setDefaultOpenAIClient,
  tool,
  withCustomSpan,
  withTrace,
} from '@openai/agents';
import OpenAI from 'openai';
import { z } from 'zod';

/** Runs of unusual shape, one an argument; failures are printed by their class. */
const model = 'gpt-5-mini';
setDefaultOpenAIClient(new OpenAI({ maxRetries: 0 }));
const named = (name, execute, parameters = z.object({})) =>
  tool({ name, description: name, parameters, execute });
const agent = (name, more = {}) => new Agent({ name, model, ...more });
const circular = { name: 'loop' };
circular.self = circular;

const ways = {
  tripwire: () =>
    run(
      agent('Guarded', {
        inputGuardrails: [
          { name: 'no', execute: async () => ({ outputInfo: 'bad', tripwireTriggered: true }) },
        ],
      }),
      'hi',
    ),
  turns: () =>
    run(agent('Endless', { tools: [named('again', () => 'more')] }), 'loop', { maxTurns: 2 }),
  refused: () => run(agent('Refused'), 'refuse'),
  nested: () =>
    run(
      agent('Outer', {
        tools: [agent('Inner').asTool({ toolName: 'ask_inner', toolDescription: 'asks' })],
      }),
      'nest',
    ),
  inside: () =>
    run(
      agent('Caller', {
        tools: [
          named('embed', async () => {
            const client = new OpenAI();
            await client.embeddings.create({ model: 'text-embedding-3-small', input: 'x' });
            return 'embedded';
          }),
        ],
      }),
      'embed',
    ),
  parallel: () =>
    run(
      agent('Both', {
        tools: [
          named('left', () => new Promise((done) => setTimeout(done, 30, 'l'))),
          named('right', () => new Promise((done) => setTimeout(done, 10, 'r'))),
        ],
      }),
      'both',
    ),
  structured: () => run(agent('Typed', { outputType: z.object({ answer: z.number() }) }), 'typed'),
  twice: () =>
    withTrace(
      'Two runs',
      async () => {
        await run(agent('First'), 'one');
        await withCustomSpan(async () => 0, { data: { name: 'between', data: { step: 1 } } });
        return run(agent('Second'), 'two');
      },
      { groupId: 'thread-1' },
    ),
  crossing: async () => {
    const results = await Promise.all(
      ['a', 'b', 'c'].map((name) => new Runner({ workflowName: name }).run(agent(name), name)),
    );
    return results[0];
  },
  values: () =>
    run(
      agent('Values', {
        tools: [
          named('circle', () => circular),
          named('big', () => ({ n: 12n })),
          named('bytes', () => new Uint8Array([1, 2, 3])),
          named('huge', () => 'x'.repeat(25 * 1024 * 1024)),
        ],
      }),
      process.env.VALUE,
    ),
};

for (const name of process.argv.slice(2)) {
  try {
    console.log(name, JSON.stringify((await ways[name]()).finalOutput));
  } catch (error) {
    console.log(name, error.constructor.name);
  }
}
if (process.env.FLUSH) await getGlobalTraceProvider().forceFlush();
