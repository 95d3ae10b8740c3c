/** Reads Chat Completions and Responses bodies into one form, so that one script serves both. */

/** A request the service would refuse: becomes an error answer of this status. */
export class RequestError extends Error {
  constructor(message, { status = 400, code = null, param = null } = {}) {
    super(message);
    Object.assign(this, { status, code, param, type: 'invalid_request_error' });
  }
}

/** Reads a Chat Completions body; throws a RequestError where the service answers 400. */
export function readChat(body) {
  if (!Array.isArray(body.messages) || body.messages.length === 0) {
    throw new RequestError("Missing required parameter: 'messages'.", {
      code: 'missing_required_parameter',
      param: 'messages',
    });
  }
  const messages = body.messages.map((message) => ({
    role: message.role === 'developer' ? 'system' : message.role,
    text: textOf(message.content),
    toolCalls: (message.tool_calls ?? []).map(readChatCall),
    ...(message.tool_call_id ? { toolCallId: message.tool_call_id } : {}),
  }));
  checkChatCalls(messages);
  const format = body.response_format;
  return finish({
    api: 'chat',
    body,
    messages,
    tools: [...(body.tools ?? []), ...(body.functions ?? []).map((f) => ({ function: f }))].map(
      (tool) => tool.function ?? tool.custom ?? tool,
    ),
    ...(format?.json_schema
      ? { schemaName: format.json_schema.name, schema: format.json_schema.schema }
      : {}),
  });
}

/** Reads a Responses body; `history` are the items of the response it continues. */
export function readResponses(body, history) {
  const input = itemsOf(body.input);
  checkItemCalls([...history, ...input]);
  const messages = [...history, ...input].map(readItem).filter(Boolean);
  if (body.instructions)
    messages.unshift({ role: 'system', text: body.instructions, toolCalls: [] });
  const format = body.text?.format;
  return finish({
    api: 'responses',
    body,
    messages,
    tools: body.tools ?? [],
    ...(format?.type === 'json_schema' ? { schemaName: format.name, schema: format.schema } : {}),
  });
}

/** The items of a Responses `input`, which may be a plain text. */
export function itemsOf(input) {
  if (input === undefined || input === null) {
    throw new RequestError("Missing required parameter: 'input'.", {
      code: 'missing_required_parameter',
      param: 'input',
    });
  }
  if (Array.isArray(input)) return input;
  return [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: `${input}` }] }];
}

/** The text in a message's content, whichever of its forms it has; images and files have none. */
export function textOf(content) {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map((part) => part.text ?? part.refusal ?? '').join('');
}

function readChatCall(call) {
  return call.type === 'custom'
    ? { id: call.id, name: call.custom.name, arguments: call.custom.input }
    : { id: call.id, name: call.function.name, arguments: call.function.arguments };
}

function readItem(item) {
  switch (item.type ?? 'message') {
    case 'message':
      return {
        role: item.role === 'developer' ? 'system' : item.role,
        text: textOf(item.content),
        toolCalls: [],
      };
    case 'function_call':
    case 'custom_tool_call': {
      const call = { id: item.call_id, name: item.name, arguments: item.arguments ?? item.input };
      return { role: 'assistant', text: '', toolCalls: [call] };
    }
    case 'function_call_output':
    case 'custom_tool_call_output':
      return { role: 'tool', text: textOf(item.output), toolCalls: [], toolCallId: item.call_id };
    default:
      return undefined;
  }
}

function finish({ api, body, messages, tools, ...format }) {
  const conversation = messages.filter((message) => message.role !== 'system');
  const lastUser = conversation.findLastIndex((message) => message.role === 'user');
  return {
    api,
    model: body.model,
    stream: body.stream === true,
    system: textsOf(messages, 'system').join('\n\n'),
    messages: conversation,
    lastUserText: conversation[lastUser]?.text ?? '',
    toolResults: toolResultsOf(conversation, lastUser),
    tools,
    ...format,
    body,
  };
}

function textsOf(messages, role) {
  return messages.filter((message) => message.role === role).map((message) => message.text);
}

function toolResultsOf(conversation, after) {
  const calls = new Map(
    conversation.flatMap((message) => message.toolCalls).map((call) => [call.id, call]),
  );
  return conversation
    .filter((message, index) => index > after && message.role === 'tool')
    .map(({ toolCallId, text }) => {
      const call = calls.get(toolCallId);
      return {
        id: toolCallId,
        name: call?.name,
        arguments: parse(call?.arguments),
        output: parse(text),
      };
    });
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function checkChatCalls(messages) {
  let open = [];
  for (const [index, message] of messages.entries()) {
    if (message.role === 'tool') {
      if (!open.includes(message.toolCallId)) {
        throw new RequestError(
          "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
          { param: `messages.[${index}].role` },
        );
      }
      open = open.filter((id) => id !== message.toolCallId);
      continue;
    }
    if (open.length > 0) break;
    open = message.toolCalls.map((call) => call.id);
  }
  if (open.length === 0) return;
  throw new RequestError(
    "An assistant message with 'tool_calls' must be followed by tool messages responding to each " +
      `'tool_call_id'. The following tool_call_ids did not have response messages: ${open.join(', ')}`,
    { param: 'messages' },
  );
}

function checkItemCalls(items) {
  const idsOf = (pattern) =>
    new Set(items.filter((item) => pattern.test(item.type)).map((item) => item.call_id));
  const called = idsOf(/^(function|custom_tool)_call$/);
  const answered = idsOf(/^(function|custom_tool)_call_output$/);
  for (const id of called) {
    if (answered.has(id)) continue;
    throw new RequestError(`No tool output found for function call ${id}.`, { param: 'input' });
  }
  for (const id of answered) {
    if (called.has(id)) continue;
    throw new RequestError(`No tool call found for function call output with call_id ${id}.`, {
      param: 'input',
    });
  }
}
