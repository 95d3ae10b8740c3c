/** Chat Completions: the whole answer, and the same answer as a stream. */
import { piecesOf } from './answers.mjs';

/** The `chat.completion` object of an answer. */
export function chatCompletion({ answer, request, ids, model, now }) {
  const count = request.body.n ?? 1;
  return {
    id: ids('chatcmpl-', 29),
    object: 'chat.completion',
    created: Math.floor(now / 1000),
    model,
    choices: Array.from({ length: count }, (_, index) => ({
      index,
      message: messageOf(answer),
      logprobs: null,
      finish_reason: finishReason(answer),
    })),
    usage: chatUsage(answer.usage, count),
    service_tier: 'default',
    system_fingerprint: null,
  };
}

function messageOf(answer) {
  const reasoned = answer.reasoningField && typeof answer.reasoning === 'string';
  return {
    role: 'assistant',
    content: answer.refusal === undefined ? (answer.text ?? null) : null,
    ...(reasoned ? { [answer.reasoningField]: answer.reasoning } : {}),
    ...(answer.toolCalls.length
      ? {
          tool_calls: answer.toolCalls.map(({ id, name, arguments: text }) => ({
            id,
            type: 'function',
            function: { name, arguments: text },
          })),
        }
      : {}),
    refusal: answer.refusal ?? null,
    annotations: [],
  };
}

function finishReason(answer) {
  if (answer.finish) return answer.finish;
  return answer.toolCalls.length ? 'tool_calls' : 'stop';
}

function chatUsage({ input, cached, output, reasoning }, count) {
  return {
    prompt_tokens: input,
    completion_tokens: output * count,
    total_tokens: input + output * count,
    prompt_tokens_details: { cached_tokens: cached, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: reasoning * count,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

/** The `chat.completion.chunk` objects that add up to the completion. */
export function* chatChunks(completion, { answer, request }) {
  const { choices, usage, ...head } = completion;
  const asked = request.body.stream_options?.include_usage === true;
  const chunk = (fields) => ({
    ...head,
    object: 'chat.completion.chunk',
    ...fields,
    ...(asked ? { usage: fields.usage ?? null } : {}),
  });
  const deltas = choices.map((choice) => [...deltasOf(choice.message, answer)]);
  const longest = Math.max(...deltas.map((list) => list.length));
  for (let step = 0; step < longest; step++) {
    for (const { index } of choices) {
      const delta = deltas[index]?.[step];
      if (delta) yield chunk({ choices: [{ index, delta, logprobs: null, finish_reason: null }] });
    }
  }
  for (const { index, finish_reason } of choices) {
    yield chunk({ choices: [{ index, delta: {}, logprobs: null, finish_reason }] });
  }
  if (asked) yield chunk({ choices: [], usage });
}

function* deltasOf(message, answer) {
  const calls = message.tool_calls ?? [];
  yield { role: 'assistant', content: message.content === null ? null : '', refusal: null };
  const reasoning = message[answer.reasoningField];
  for (const piece of piecesOf(reasoning ?? '')) yield { [answer.reasoningField]: piece };
  for (const piece of piecesOf(message.refusal ?? '')) yield { refusal: piece };
  for (const piece of piecesOf(message.content ?? '', answer.chunks)) yield { content: piece };
  for (const [
    index,
    {
      id,
      type,
      function: { name, arguments: text },
    },
  ] of calls.entries()) {
    yield { tool_calls: [{ index, id, type, function: { name, arguments: '' } }] };
    for (const piece of piecesOf(text)) {
      yield { tool_calls: [{ index, function: { arguments: piece } }] };
    }
  }
}

/** What ends a chat stream that fails on its way. */
export function chatFailure(error) {
  return { error };
}
