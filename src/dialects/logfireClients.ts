import type { Join } from '../model/observation';
import type { Attributes, Span } from '../model/span';
import { isRecord, type Json } from '../model/value';
import { never, type Content, type Dialect, type Facts } from './dialect';
import { member, recordOf } from './json';
import { splitEvents } from './genaiEvents';
import { messagesOf, answerOf, toolDefinitionsOf, withSystem } from './messages';
import { hashOf } from './hash';
import { asList, asRecord, compact, hasKey, jsonAt, numberAt, textAt } from './reader';
import { providerUsage } from './usage';

/**
 * Logfire's instrumentations of model clients (`logfire.instrument_openai()` and the like) and of
 * MCP. Their version 1 keeps the request and the answer as they were sent in `request_data`,
 * `response_data` and `events`; the newer one speaks GenAI. A streamed answer arrives as a log
 * beside the request, which ended when the stream opened: the log has the answer and the tokens.
 */
export const logfireClients: Dialect = {
  name: 'logfire-llm',
  ai: true,
  ownsKey: never,
  ownsScope: (scope) => clients.test(scope),
  facts,
  content,
};

const clients = /^logfire\.(?:openai|anthropic|claude_agent_sdk|mcp|google_genai|litellm|dspy)$/;

function facts(span: Span): Facts {
  const { attributes } = span;
  const method = textAt(attributes, 'rpc.method');
  const raw = attributes.get('gen_ai.usage.raw');
  const join = joinOf(span);
  return {
    join,
    kind: method === 'tools/call' ? 'tool' : join?.part === 'answer' ? 'generation' : undefined,
    toolName: method === 'tools/call' ? mcpTool(attributes) : undefined,
    likelyKind: hasKey(attributes, 'request_data') ? 'generation' : undefined,
    usage: raw === undefined ? undefined : providerUsage(jsonAt(attributes, 'gen_ai.usage.raw')),
  };
}

/** What was asked tells which answer belongs to which request; only a request has no answer yet. */
function joinOf({ attributes, startTime, status }: Span): Join | undefined {
  const type = attributes.get('logfire.span_type');
  if (type === 'log') {
    const duration = numberAt(attributes, 'duration');
    if (duration === undefined || !hasKey(attributes, 'request_data')) return undefined;
    return {
      part: 'answer',
      call: callOf(attributes),
      since: Math.round(startTime - duration * 1_000_000),
    };
  }
  if (status === 'error' || !hasKey(attributes, 'request_data')) return undefined;
  if (answered.some((key) => hasKey(attributes, key))) return undefined;
  return { part: 'request', call: callOf(attributes) };
}

/** What an answer leaves on a span. */
const answered = [
  'gen_ai.response.id',
  'response_data',
  'gen_ai.output.messages',
  'gen_ai.usage.input_tokens',
  'gen_ai.usage.raw',
];

function callOf(attributes: Attributes): string {
  const asked = ['gen_ai.operation.name', 'request_data', 'gen_ai.input.messages'];
  return hashOf(asked.map((key) => textAt(attributes, key) ?? '').join('\n'));
}

function mcpTool(attributes: Attributes): string | undefined {
  const name = member(member(jsonAt(attributes, 'request'), 'params'), 'name');
  return typeof name === 'string' ? name : undefined;
}

function content(span: Span): Content {
  const { attributes } = span;
  if (attributes.get('rpc.method') !== undefined) return mcpContent(attributes);
  const request = asRecord(attributes.get('request_data'));
  const response = asRecord(attributes.get('response_data'));
  const events = asList(attributes.get('events'));
  const told = events ? splitEvents(events) : {};
  const input = inputOf(request);
  const output = outputOf(response);
  const isChat = attributes.get('gen_ai.operation.name') !== 'embeddings';
  const outputMessages = told.outputMessages ?? messagesOf(output, 'assistant');
  return {
    input: input ?? told.input,
    output: answerOf(outputMessages, output ?? told.output),
    inputMessages: isChat
      ? (told.inputMessages ?? withSystem(messagesOf(input, 'user'), request?.system))
      : undefined,
    outputMessages,
    toolDefinitions: toolDefinitionsOf(request?.tools),
    modelParameters: parametersOf(request),
  };
}

function mcpContent(attributes: Attributes): Content {
  const request = member(jsonAt(attributes, 'request'), 'params');
  return {
    input: member(request, 'arguments') ?? request,
    output: jsonAt(attributes, 'response'),
  };
}

function inputOf(request: Readonly<Record<string, Json>> | undefined): Json | undefined {
  return request?.messages ?? request?.input ?? request?.prompt ?? request?.contents;
}

function outputOf(response: Readonly<Record<string, Json>> | undefined): Json | undefined {
  if (!response) return undefined;
  const { message, text, combined_chunk_content: chunks, images } = response;
  if (recordOf(message)) return message;
  return message ?? text ?? chunks ?? images ?? undefined;
}

const contentKeys = new Set([
  'messages',
  'input',
  'prompt',
  'contents',
  'system',
  'tools',
  'model',
  'instructions',
]);

function parametersOf(request: Json | undefined): Readonly<Record<string, Json>> | undefined {
  if (!isRecord(request)) return undefined;
  const entries = Object.entries(request as Readonly<Record<string, Json>>).filter(
    ([key, value]) => !contentKeys.has(key) && value !== null,
  );
  return compact(Object.fromEntries(entries) as Record<string, Json>);
}
