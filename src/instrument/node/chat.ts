import { fieldsOf, listOf, numberOf, textOf, type Fields } from './json';
import { contentParts, others, toolCallPart, toolDefinitions } from './parts';
import {
  defined,
  type GenAiMessage,
  type GenAiPart,
  type Interface,
  type RequestReading,
  type ResponseReading,
} from './reading';
import type { ServerEvent } from './sse';

/** Chat Completions, and the older Completions, whose answers have the same frame. */
export const chatCompletions: Interface = {
  operation: 'chat',
  kind: 'generation',
  readRequest: readChatRequest,
  readResponse: readChatResponse,
  joinEvents: joinChunks,
  isContent: (event) => {
    const choice = fieldsOf(listOf(fieldsOf(event)['choices'])[0]);
    const delta = fieldsOf(choice['delta']);
    const content = delta['content'] ?? delta['tool_calls'] ?? delta['refusal'] ?? choice['text'];
    return content !== undefined && content !== null && content !== '';
  },
};

export const completions: Interface = { ...chatCompletions, operation: 'text_completion' };

const knownFields = ['model', 'messages', 'prompt', 'tools', 'stream', 'input'];

function readChatRequest(body: unknown): RequestReading {
  const request = fieldsOf(body);
  const prompt = request['prompt'];
  const input =
    prompt === undefined
      ? listOf(request['messages']).map(chatMessage)
      : [{ role: 'user', parts: contentParts(prompt) }];
  return {
    attributes: samplingAttributes(request),
    input,
    tools: toolDefinitions(request['tools'] ?? request['functions']),
    parameters: others(request, knownFields),
  };
}

/** What both chat interfaces name alike or nearly so. */
export function samplingAttributes(request: Fields): RequestReading['attributes'] {
  const stop = request['stop'];
  const format = fieldsOf(request['response_format'] ?? fieldsOf(request['text'])['format']);
  return defined({
    'gen_ai.request.model': textOf(request['model']),
    'gen_ai.request.temperature': numberOf(request['temperature']),
    'gen_ai.request.top_p': numberOf(request['top_p']),
    'gen_ai.request.max_tokens':
      numberOf(request['max_output_tokens']) ??
      numberOf(request['max_completion_tokens']) ??
      numberOf(request['max_tokens']),
    'gen_ai.request.frequency_penalty': numberOf(request['frequency_penalty']),
    'gen_ai.request.presence_penalty': numberOf(request['presence_penalty']),
    'gen_ai.request.seed': numberOf(request['seed']),
    'gen_ai.request.stop_sequences':
      typeof stop === 'string' ? [stop] : Array.isArray(stop) ? (stop as string[]) : undefined,
    'gen_ai.request.choice.count': request['n'] === 1 ? undefined : numberOf(request['n']),
    'gen_ai.request.stream': request['stream'] === true ? true : undefined,
    'gen_ai.request.reasoning.level':
      textOf(request['reasoning_effort']) ?? textOf(fieldsOf(request['reasoning'])['effort']),
    'gen_ai.output.type': /^json/.test(textOf(format['type']) ?? '') ? 'json' : undefined,
    'openai.request.service_tier': textOf(request['service_tier']),
  });
}

/** One message of a chat, as asked or as answered. */
export function chatMessage(value: unknown): GenAiMessage {
  const message = fieldsOf(value);
  const role = textOf(message['role']) ?? 'user';
  const name = textOf(message['name']);
  if (role === 'tool' || role === 'function') {
    const response = simplified(message['content']);
    const part = { type: 'tool_call_response', id: message['tool_call_id'] ?? name, response };
    return { role: 'tool', parts: [part] };
  }
  const reasoning = textOf(message['reasoning_content']) ?? textOf(message['reasoning']);
  const parts: GenAiPart[] = [
    ...(reasoning ? [{ type: 'reasoning', content: reasoning }] : []),
    ...contentParts(message['content']),
    ...(message['refusal'] ? [{ type: 'refusal', content: message['refusal'] }] : []),
    ...listOf(message['tool_calls']).map(chatToolCall),
  ];
  return { role: role === 'developer' ? 'system' : role, ...(name ? { name } : {}), parts };
}

/** Text parts alone are their text. */
function simplified(content: unknown): unknown {
  if (!Array.isArray(content)) return content;
  const parts = contentParts(content);
  return parts.every((part) => part.type === 'text')
    ? parts.map((part) => part['content']).join('')
    : parts;
}

function chatToolCall(value: unknown): GenAiPart {
  const call = fieldsOf(value);
  const target = fieldsOf(call['function'] ?? call['custom']);
  return toolCallPart(call['id'], target['name'], target['arguments'] ?? target['input']);
}

function readChatResponse(body: unknown): ResponseReading {
  const response = fieldsOf(body);
  const choices = listOf(response['choices']).map(fieldsOf);
  const reasons = choices.flatMap((choice) => textOf(choice['finish_reason']) ?? []);
  const output = choices.map((choice) => {
    const message = choice['message'] ?? { role: 'assistant', content: choice['text'] };
    const reason = textOf(choice['finish_reason']);
    return { ...chatMessage(message), ...(reason ? { finish_reason: toSpec(reason) } : {}) };
  });
  return {
    attributes: defined({
      'gen_ai.response.id': textOf(response['id']),
      'gen_ai.response.model': textOf(response['model']),
      'gen_ai.response.finish_reasons': reasons.length > 0 ? reasons : undefined,
      'openai.response.service_tier': textOf(response['service_tier']),
      'openai.response.system_fingerprint': textOf(response['system_fingerprint']),
      ...chatUsage(response['usage']),
    }),
    ...(output.length > 0 ? { output } : {}),
  };
}

function toSpec(reason: string): string {
  return reason === 'tool_calls' || reason === 'function_call' ? 'tool_call' : reason;
}

function chatUsage(value: unknown): Record<string, number | undefined> {
  const usage = fieldsOf(value);
  const input = fieldsOf(usage['prompt_tokens_details']);
  const output = fieldsOf(usage['completion_tokens_details']);
  return {
    'gen_ai.usage.input_tokens': numberOf(usage['prompt_tokens']),
    'gen_ai.usage.output_tokens': numberOf(usage['completion_tokens']),
    'gen_ai.usage.cache_read.input_tokens': numberOf(input['cached_tokens']),
    'gen_ai.usage.cache_write.input_tokens': numberOf(input['cache_write_tokens']),
    'gen_ai.usage.reasoning.output_tokens': numberOf(output['reasoning_tokens']),
  };
}

interface JoinedChoice {
  index: number;
  finish_reason?: unknown;
  text?: string;
  message: Record<string, unknown> & { tool_calls?: JoinedCall[] };
}
interface JoinedCall {
  id?: unknown;
  type: unknown;
  function: { name: string; arguments: string };
}

function joinChunks(events: readonly ServerEvent[]): unknown {
  const choices: JoinedChoice[] = [];
  let frame: Fields = {};
  for (const { data } of events) {
    const { choices: deltas, ...rest } = fieldsOf(data);
    const present = Object.entries(rest).filter(([, value]) => value !== null);
    frame = { ...frame, ...Object.fromEntries(present) };
    for (const delta of listOf(deltas)) addDelta(choices, fieldsOf(delta));
  }
  return { ...frame, choices: choices.filter(Boolean) };
}

function addDelta(choices: JoinedChoice[], chunk: Fields): void {
  const index = numberOf(chunk['index']) ?? 0;
  const choice = (choices[index] ??= { index, message: { role: 'assistant' } });
  if (chunk['finish_reason']) choice.finish_reason = chunk['finish_reason'];
  const text = textOf(chunk['text']);
  const delta = text === undefined ? fieldsOf(chunk['delta']) : { content: text };
  for (const key of ['content', 'refusal', 'reasoning_content', 'reasoning']) {
    const piece = textOf(delta[key]);
    if (piece) choice.message[key] = (textOf(choice.message[key]) ?? '') + piece;
  }
  for (const piece of listOf(delta['tool_calls'])) addCall(choice, fieldsOf(piece));
}

function addCall(choice: JoinedChoice, piece: Fields): void {
  const calls = (choice.message.tool_calls ??= []);
  const index = numberOf(piece['index']) ?? calls.length;
  const call = (calls[index] ??= { type: 'function', function: { name: '', arguments: '' } });
  const target = fieldsOf(piece['function']);
  if (piece['id']) call.id = piece['id'];
  call.function.name += textOf(target['name']) ?? '';
  call.function.arguments += textOf(target['arguments']) ?? '';
}
