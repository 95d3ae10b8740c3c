/** Responses: the whole answer, and the same answer as a stream of events. */
import { piecesOf } from './answers.mjs';

/** The `response` object of an answer. */
export function responseOf({ answer, request, ids, model, now }) {
  const { body } = request;
  const created = Math.floor(now / 1000);
  const cause = { length: 'max_output_tokens', content_filter: 'content_filter' }[answer.finish];
  return {
    id: ids('resp_', 48),
    object: 'response',
    created_at: created,
    status: cause ? 'incomplete' : 'completed',
    background: body.background ?? false,
    ...(cause ? {} : { completed_at: created + Math.ceil((answer.delayMs ?? 0) / 1000) }),
    error: null,
    incomplete_details: cause ? { reason: cause } : null,
    ...settingsOf(body),
    model,
    output: outputOf({ answer, request, ids, status: cause ? 'incomplete' : 'completed' }),
    usage: responsesUsage(answer.usage),
  };
}

function settingsOf(body) {
  return {
    instructions: body.instructions ?? null,
    max_output_tokens: body.max_output_tokens ?? null,
    max_tool_calls: body.max_tool_calls ?? null,
    parallel_tool_calls: body.parallel_tool_calls ?? true,
    previous_response_id: body.previous_response_id ?? null,
    prompt_cache_key: body.prompt_cache_key ?? null,
    prompt_cache_retention: body.prompt_cache_retention ?? null,
    reasoning: {
      effort: body.reasoning?.effort ?? (body.model.startsWith('gpt-5') ? 'medium' : null),
      summary: body.reasoning?.summary ?? null,
    },
    safety_identifier: body.safety_identifier ?? null,
    service_tier: 'default',
    store: body.store ?? true,
    temperature: body.temperature ?? 1,
    text: {
      format: body.text?.format ?? { type: 'text' },
      verbosity: body.text?.verbosity ?? 'medium',
    },
    tool_choice: body.tool_choice ?? 'auto',
    tools: (body.tools ?? []).map((tool) =>
      tool.type === 'function' ? { description: null, strict: true, ...tool } : tool,
    ),
    top_logprobs: body.top_logprobs ?? 0,
    top_p: body.top_p ?? 1,
    truncation: body.truncation ?? 'disabled',
    user: body.user ?? null,
    metadata: body.metadata ?? {},
  };
}

function outputOf({ answer, request, ids, status }) {
  const output = [];
  if (answer.reasoning) output.push(reasoningItem(answer, { body: request.body, ids }));
  if (answer.text !== undefined || answer.refusal !== undefined) {
    const part =
      answer.refusal === undefined
        ? { type: 'output_text', annotations: [], logprobs: [], text: answer.text }
        : { type: 'refusal', refusal: answer.refusal };
    output.push({
      id: ids('msg_', 48),
      type: 'message',
      status,
      content: [part],
      role: 'assistant',
    });
  }
  for (const call of answer.toolCalls) {
    output.push({
      id: ids('fc_', 48),
      type: 'function_call',
      status,
      arguments: call.arguments,
      call_id: call.id,
      name: call.name,
    });
  }
  return output;
}

/** The text of the reasoning is shown only where the request asks for a summary, as the service does. */
function reasoningItem(answer, { body, ids }) {
  const shown = typeof answer.reasoning === 'string' && body.reasoning?.summary;
  const sealed = body.include?.includes('reasoning.encrypted_content');
  return {
    id: ids('rs_', 48),
    type: 'reasoning',
    ...(sealed ? { encrypted_content: Buffer.from(ids('sealed-')).toString('base64') } : {}),
    summary: shown ? [{ type: 'summary_text', text: answer.reasoning }] : [],
  };
}

function responsesUsage({ input, cached, output, reasoning }) {
  return {
    input_tokens: input,
    input_tokens_details: { cache_write_tokens: 0, cached_tokens: cached },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: input + output,
  };
}

/** The events that add up to the response. */
export function* responseEvents(response, { answer }) {
  const number = counter();
  const { completed_at: _, ...started } = response;
  const open = {
    ...started,
    status: 'in_progress',
    incomplete_details: null,
    output: [],
    usage: null,
  };
  yield number({ type: 'response.created', response: open });
  yield number({ type: 'response.in_progress', response: open });
  for (const [index, item] of response.output.entries()) {
    for (const event of itemEvents(item, answer)) yield number({ ...event, output_index: index });
  }
  yield number({ type: `response.${response.status}`, response });
}

function counter() {
  let next = 0;
  return ({ type, ...fields }) => ({ type, sequence_number: next++, ...fields });
}

function* itemEvents(item, answer) {
  const empty = {
    message: { content: [] },
    function_call: { arguments: '' },
    reasoning: { summary: [] },
  };
  const status = item.status ? { status: 'in_progress' } : {};
  yield { type: 'response.output_item.added', item: { ...item, ...status, ...empty[item.type] } };
  const parts = { message: messageEvents, function_call: callEvents, reasoning: reasoningEvents };
  for (const event of parts[item.type](item, answer)) yield { ...event, item_id: item.id };
  yield { type: 'response.output_item.done', item };
}

function* messageEvents(item, answer) {
  for (const [content_index, part] of item.content.entries()) {
    const refused = part.type === 'refusal';
    const field = refused ? 'refusal' : 'text';
    const type = refused ? 'response.refusal' : 'response.output_text';
    const extra = refused ? {} : { logprobs: [] };
    yield { type: 'response.content_part.added', content_index, part: { ...part, [field]: '' } };
    for (const delta of piecesOf(part[field], answer.chunks)) {
      yield { type: `${type}.delta`, content_index, delta, ...extra };
    }
    yield { type: `${type}.done`, content_index, [field]: part[field], ...extra };
    yield { type: 'response.content_part.done', content_index, part };
  }
}

function* callEvents(item) {
  for (const delta of piecesOf(item.arguments)) {
    yield { type: 'response.function_call_arguments.delta', delta };
  }
  yield {
    type: 'response.function_call_arguments.done',
    arguments: item.arguments,
  };
}

function* reasoningEvents(item) {
  for (const [summary_index, part] of item.summary.entries()) {
    const type = 'response.reasoning_summary';
    yield { type: `${type}_part.added`, summary_index, part: { ...part, text: '' } };
    for (const delta of piecesOf(part.text))
      yield { type: `${type}_text.delta`, summary_index, delta };
    yield { type: `${type}_text.done`, summary_index, text: part.text };
    yield { type: `${type}_part.done`, summary_index, part };
  }
}

/** The event that ends a stream which fails on its way; `sent` is how many events went before. */
export function responseFailure(error, { response, sent }) {
  const failed = {
    ...response,
    status: 'failed',
    error: { code: error.code ?? 'server_error', message: error.message },
    output: [],
    usage: null,
  };
  return { type: 'response.failed', sequence_number: sent, response: failed };
}
