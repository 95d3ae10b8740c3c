/** What the model says in the captured runs: a help desk that looks up and refunds orders. */
export function script(request) {
  const { system, lastUserText, toolResults } = request;
  if (request.model === 'fault-500') return { error: 500 };
  if (/triage/i.test(system)) {
    const handoff = request.tools.find((tool) => tool.name?.startsWith('transfer_to'));
    return { toolCalls: [{ name: handoff?.name, arguments: {} }], reasoning: 64 };
  }
  const ended = request.tools?.find((tool) => tool.name === 'final_answer');
  if (ended && request.messages.some(({ text }) => text.includes('rain in'))) {
    return { toolCalls: [{ name: 'final_answer', arguments: { answer: 'It rains in Brest.' } }] };
  }
  if (/billing/i.test(system)) return billing(toolResults, request);
  if (/weather/i.test(lastUserText) && request.tools.length > 0) {
    return toolResults.length === 0
      ? { toolCalls: [{ name: 'get_weather', arguments: { city: 'Brest' } }] }
      : { text: 'It rains in Brest.', chunks: 4 };
  }
  return {
    text: `You said: ${lastUserText}`,
    usage: { input: 1200, cached: 1024, output: 50, reasoning: 20 },
    chunks: 3,
  };
}

function billing(toolResults, request) {
  if (toolResults.length < 2) {
    return {
      toolCalls: [
        { name: 'lookup_order', arguments: { order_id: 'A-7' } },
        { name: 'refund', arguments: { order_id: 'A-7', amount: 12.5 } },
      ],
    };
  }
  const answer = { reply: 'The refund did not go through.', resolved: false };
  return {
    ...(request.schemaName === undefined ? { text: answer.reply } : { json: answer }),
    reasoning: 'The tool failed, so I say so.',
    usage: { input: 2000, cached: 1536, output: 90, reasoning: 30 },
  };
}
