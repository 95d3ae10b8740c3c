import OpenAI from 'openai';
import { afterEach } from 'vitest';
import { startModelServer } from '../../examples/support-agent/model/server.mjs';
import type { ModelScript, ModelServer } from '../../examples/support-agent/model/server.mjs';

export const model = 'gpt-5-mini';

const started: ModelServer[] = [];

/** Starts a scripted server with a client that never tries twice; both end with the test. */
export async function serve(script?: ModelScript) {
  const server = await startModelServer(script === undefined ? {} : { script });
  started.push(server);
  const client = new OpenAI({ apiKey: 'sk-test', baseURL: server.url, maxRetries: 0 });
  return { server, client };
}

afterEach(async () => {
  await Promise.all(started.splice(0).map((server) => server.close()));
});

export const user = (content: string) => [{ role: 'user' as const, content }];

const parameters = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
};

/** One tool, in the form of either interface. */
export const chatTool = { type: 'function' as const, function: { name: 'weather', parameters } };
export const tool = { type: 'function' as const, name: 'weather', parameters, strict: true };
