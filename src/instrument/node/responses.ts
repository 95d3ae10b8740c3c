import { samplingAttributes } from './chat';
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

/** The Responses interface. */
export const responses: Interface = {
  operation: 'chat',
  kind: 'generation',
  readRequest: readResponsesRequest,
  readResponse: readResponsesAnswer,
  joinEvents,
  isContent: (event) => /\.delta$/.test(textOf(fieldsOf(event)['type']) ?? ''),
};

const knownFields = ['model', 'input', 'instructions', 'tools', 'stream'];

function readResponsesRequest(body: unknown): RequestReading {
  const request = fieldsOf(body);
  const prompt = fieldsOf(request['prompt']);
  return {
    attributes: {
      ...samplingAttributes(request),
      ...defined({
        'gen_ai.request.previous_response.id': textOf(request['previous_response_id']),
        'gen_ai.conversation.id':
          textOf(request['conversation']) ?? textOf(fieldsOf(request['conversation'])['id']),
        'gen_ai.prompt.name': textOf(prompt['id']),
        'gen_ai.prompt.version': textOf(prompt['version']),
      }),
    },
    instructions: instructionParts(request['instructions']),
    input: itemsAsMessages(request['input']),
    tools: toolDefinitions(request['tools']),
    parameters: others(request, knownFields),
  };
}

/** `instructions` is text, or since 2025 a list of items. */
function instructionParts(instructions: unknown): readonly GenAiPart[] | undefined {
  if (!Array.isArray(instructions)) {
    const parts = contentParts(instructions);
    return parts.length > 0 ? parts : undefined;
  }
  return itemsAsMessages(instructions).flatMap((message) => message.parts);
}

/**
 * Input or output items as messages; what the assistant did in a row is one message. Items of
 * the Agents SDK, which writes the same in camel case, are read too.
 */
export function itemsAsMessages(items: unknown): readonly GenAiMessage[] {
  if (typeof items === 'string') return [{ role: 'user', parts: contentParts(items) }];
  const messages: GenAiMessage[] = [];
  for (const value of listOf(items)) {
    const { role, parts } = itemAsMessage(fieldsOf(value));
    const last = messages.at(-1);
    if (last?.role === 'assistant' && role === 'assistant') {
      messages[messages.length - 1] = { role, parts: [...last.parts, ...parts] };
    } else messages.push({ role, parts });
  }
  return messages;
}

function itemAsMessage(item: Fields): { role: string; parts: readonly GenAiPart[] } {
  const role = textOf(item['role']);
  const callId = item['call_id'] ?? item['callId'] ?? item['id'];
  switch (item['type']) {
    case undefined:
    case 'message':
      return {
        role: role === 'developer' ? 'system' : (role ?? 'assistant'),
        parts: contentParts(item['content']),
      };
    case 'function_call':
      return assistant(toolCallPart(callId, item['name'], item['arguments']));
    case 'custom_tool_call':
      return assistant(toolCallPart(callId, item['name'], item['input']));
    case 'function_call_output':
    case 'custom_tool_call_output':
    case 'function_call_result':
      return {
        role: 'tool',
        parts: [{ type: 'tool_call_response', id: callId, response: outputOf(item['output']) }],
      };
    case 'reasoning':
      return assistant({ type: 'reasoning', content: reasoningText(item) });
    default:
      return {
        role: role ?? 'assistant',
        parts: [{ ...item, type: textOf(item['type']) ?? 'item' }],
      };
  }
}

function assistant(part: GenAiPart): { role: string; parts: readonly GenAiPart[] } {
  return { role: 'assistant', parts: [part] };
}

function outputOf(output: unknown): unknown {
  const { type, text } = fieldsOf(output);
  if (type === 'text' && typeof text === 'string') return text;
  return Array.isArray(output) ? contentParts(output) : output;
}

function reasoningText(item: Fields): string {
  const parts = [item['summary'], item['content'], item['rawContent']].flatMap(contentParts);
  return parts.map((part) => textOf(part['content']) ?? '').join('\n');
}

function readResponsesAnswer(body: unknown): ResponseReading {
  const response = fieldsOf(body);
  const items = listOf(response['output']);
  const reason = finishReason(response, items);
  const parts = itemsAsMessages(items).flatMap((message) => message.parts);
  const output = [{ role: 'assistant', parts, ...(reason ? { finish_reason: reason } : {}) }];
  return {
    attributes: defined({
      'gen_ai.response.id': textOf(response['id']),
      'gen_ai.response.model': textOf(response['model']),
      'gen_ai.response.finish_reasons': reason ? [reason] : undefined,
      'openai.response.service_tier': textOf(response['service_tier']),
      ...responsesUsage(response['usage']),
    }),
    ...(items.length > 0 ? { output } : {}),
    failure: failureOf(response),
  };
}

function failureOf(response: Fields): ResponseReading['failure'] {
  const error = fieldsOf(response['error']);
  if (response['status'] !== 'failed' && !error['message']) return undefined;
  return {
    type: textOf(error['code']) ?? 'response_failed',
    message: textOf(error['message']) ?? 'The response failed',
  };
}

function finishReason(response: Fields, items: readonly unknown[]): string | undefined {
  if (response['status'] === 'incomplete') {
    const reason = textOf(fieldsOf(response['incomplete_details'])['reason']);
    return reason === 'max_output_tokens' ? 'length' : reason;
  }
  if (response['status'] !== 'completed') return undefined;
  return items.some((item) => /_call$/.test(textOf(fieldsOf(item)['type']) ?? ''))
    ? 'tool_call'
    : 'stop';
}

function responsesUsage(value: unknown): Record<string, number | undefined> {
  const usage = fieldsOf(value);
  const input = fieldsOf(usage['input_tokens_details']);
  return {
    'gen_ai.usage.input_tokens': numberOf(usage['input_tokens']),
    'gen_ai.usage.output_tokens': numberOf(usage['output_tokens']),
    'gen_ai.usage.cache_read.input_tokens': numberOf(input['cached_tokens']),
    'gen_ai.usage.cache_write.input_tokens': numberOf(input['cache_write_tokens']),
    'gen_ai.usage.reasoning.output_tokens': numberOf(
      fieldsOf(usage['output_tokens_details'])['reasoning_tokens'],
    ),
  };
}

/** The terminal event carries the whole answer; before it, what has been finished counts. */
function joinEvents(events: readonly ServerEvent[]): unknown {
  let response: Fields = {};
  const items: unknown[] = [];
  for (const { data } of events) {
    const event = fieldsOf(data);
    const type = textOf(event['type']) ?? '';
    if (event['response'] !== undefined) response = { ...response, ...fieldsOf(event['response']) };
    if (type === 'response.output_item.done')
      items[numberOf(event['output_index']) ?? 0] = event['item'];
    if (type === 'error')
      response = { ...response, status: 'failed', error: event['error'] ?? event };
    const torn = type === 'response.output_text.delta' ? textOf(event['delta']) : undefined;
    if (torn !== undefined) addText(items, numberOf(event['output_index']) ?? 0, torn);
  }
  const whole = listOf(response['output']).length > 0 ? response['output'] : items.filter(Boolean);
  return { ...response, output: whole };
}

function addText(items: unknown[], index: number, text: string): void {
  const before = fieldsOf(listOf(fieldsOf(items[index])['content'])[0])['text'];
  items[index] = {
    type: 'message',
    role: 'assistant',
    content: [{ type: 'output_text', text: (textOf(before) ?? '') + text }],
  };
}
