import type { ModelAnswer, ModelRequest } from '../../examples/support-agent/model/server.mjs';

/** What each answer of a model is said to have used; the same for all, so that sums are known. */
export const usageOfAnswer = { input: 2000, cached: 1536, output: 90, reasoning: 30 } as const;

/** What the programs of the table are asked and told to do, and what the model says to it. */
export function answerTo(request: ModelRequest): ModelAnswer {
  if (request.api === 'embeddings') return {};
  if (request.model === 'fault-500') return { error: 500 };
  return { usage: usageOfAnswer, ...contentFor(request) };
}

function contentFor({ system, lastUserText, toolResults, tools, ...request }: ModelRequest) {
  if (/triage/i.test(system)) {
    const handoff = tools.find((tool) => tool.name?.startsWith('transfer_to'));
    return { toolCalls: [{ name: handoff?.name ?? '', arguments: {} }] };
  }
  if (/billing/i.test(system)) {
    return toolResults.length < 2 ? { toolCalls: twoTools } : refused(request.schemaName);
  }
  if (/weather/i.test(lastUserText) && tools.length > 0 && toolResults.length === 0) {
    return { toolCalls: [{ name: 'get_weather', arguments: { city: 'Brest' } }] };
  }
  return { text: `You said: ${lastUserText}`, chunks: 4 };
}

const twoTools = [
  { name: 'lookup_order', arguments: { order_id: 'A-7' } },
  { name: 'refund', arguments: { order_id: 'A-7', amount: 12.5 } },
];

function refused(schemaName: string | undefined): ModelAnswer {
  const answer = { reply: 'The refund did not go through.', resolved: false };
  return schemaName === undefined ? { text: answer.reply } : { json: answer };
}
