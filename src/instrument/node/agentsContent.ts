import type { Attributes } from '@opentelemetry/api';
import { chatCompletions, chatMessage, samplingAttributes } from './chat';
import { Content } from './content';
import { fieldsOf, listOf, numberOf, parseJson, textOf, type Fields } from './json';
import type { AgentsError, AgentsSpan } from './agentsTypes';
import { toolDefinitions } from './parts';
import { defined, type ResponseReading } from './reading';
import type { Failure } from './recorder';
import { itemsAsMessages, responses } from './responses';

/**
 * What the spans of `@openai/agents` say about themselves. A model call made through the `openai`
 * client is read from its bodies instead; what is here serves other model providers.
 */

export interface Described {
  readonly name: string;
  readonly attributes: Attributes;
}

/** Name and first attributes of a span that has just begun. */
export function describeStart(data: AgentsSpan['spanData']): Described {
  const name = textOf(data['name']);
  switch (data.type) {
    case 'agent':
      return described(`invoke_agent ${name ?? ''}`, 'agent', {
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.agent.name': name,
      });
    case 'function':
      return described(`execute_tool ${name ?? ''}`, 'tool', {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': name,
        'gen_ai.tool.type': 'function',
      });
    case 'generation':
    case 'response':
    case 'transcription':
    case 'speech':
      return described(`chat ${textOf(data['model']) ?? ''}`, 'generation', {
        'gen_ai.operation.name': 'chat',
        'gen_ai.request.model': textOf(data['model']),
      });
    case 'handoff':
      return described('handoff', 'handoff', { 'gen_ai.agent.name': textOf(data['from_agent']) });
    case 'guardrail':
      return described(name ?? 'guardrail', 'guardrail', {});
    case 'speech_group':
      return described('speech', 'chain', {});
    case 'mcp_tools':
      return described(`list_tools ${textOf(data['server']) ?? ''}`, 'span', {
        'mcp.method.name': 'tools/list',
      });
    default:
      return described(name ?? data.type, 'span', {});
  }
}

function described(name: string, kind: string, attributes: Record<string, string | undefined>) {
  return {
    name: name.trim(),
    attributes: defined({ 'glassbox.observation.kind': kind, ...attributes }),
  };
}

/** Content of a span that has ended and is no model call. */
export function describeEnd(data: AgentsSpan['spanData']): Attributes {
  const content = new Content();
  switch (data.type) {
    case 'function':
      content.jsonOrText('glassbox.input', orUndefined(data['input']));
      content.jsonOrText('glassbox.output', orUndefined(data['output']));
      content.jsonOrText('glassbox.metadata', mcpData(data));
      break;
    case 'handoff':
      content.json('glassbox.input', data['from_agent']);
      content.json('glassbox.output', data['to_agent'] ?? undefined);
      break;
    case 'guardrail':
      content.json('glassbox.output', { triggered: data['triggered'] });
      break;
    case 'mcp_tools':
      content.json('glassbox.output', data['result']);
      break;
    case 'agent':
      content.json('glassbox.metadata', agentMetadata(data));
      break;
    case 'speech_group':
      content.json('glassbox.input', data['input']);
      break;
    default:
      content.json('glassbox.input', data['data'] ?? undefined);
  }
  return content.attributes;
}

function orUndefined(value: unknown): unknown {
  return value === '' || value === null ? undefined : value;
}

function mcpData(data: Fields): unknown {
  const mcp = orUndefined(data['mcp_data']);
  return mcp === undefined ? undefined : { mcp: typeof mcp === 'string' ? parseJson(mcp) : mcp };
}

function agentMetadata(data: Fields): Fields | undefined {
  const { tools, handoffs, output_type: outputType } = data;
  const known = Object.entries({ tools, handoffs, outputType }).filter(([, value]) =>
    Array.isArray(value) ? value.length > 0 : Boolean(value),
  );
  return known.length > 0 ? Object.fromEntries(known) : undefined;
}

/** A model call that did not go through the `openai` client, from what the SDK kept of it. */
export function describeModelCall(data: AgentsSpan['spanData']): Attributes {
  if (data.type === 'response') return describeResponse(data);
  if (data.type === 'generation') return describeGeneration(data);
  const content = new Content();
  content.json('glassbox.input', data['input']).json('glassbox.output', data['output']);
  content.json('glassbox.model.parameters', data['model_config']);
  return content.attributes;
}

function describeResponse(data: Fields): Attributes {
  const response = data['_response'];
  // The answer repeats the request's instructions, tools and settings.
  const { attributes, ...request } = responses.readRequest(response);
  const { 'gen_ai.request.model': _answering, ...settings } = attributes;
  const answer = responses.readResponse(response);
  const content = new Content();
  content.json('gen_ai.output.messages', answer.output);
  content.json('gen_ai.input.messages', data['_input'] && itemsAsMessages(data['_input']));
  content.json('gen_ai.system_instructions', request.instructions);
  content.json('gen_ai.tool.definitions', request.tools);
  return {
    ...settings,
    ...content.attributes,
    ...answer.attributes,
    ...defined({ 'gen_ai.response.id': textOf(data['response_id']) }),
  };
}

function describeGeneration(data: Fields): Attributes {
  const settings = fieldsOf(data['model_config']);
  const [first] = listOf(data['output']);
  const whole = fieldsOf(first)['choices'] !== undefined;
  const answer: ResponseReading = whole
    ? chatCompletions.readResponse(first)
    : { attributes: {}, output: listOf(data['output']).map(chatMessage) };
  const content = new Content();
  content.json('gen_ai.output.messages', answer.output);
  content.json('gen_ai.input.messages', data['input'] && inputMessages(data['input']));
  content.json('gen_ai.tool.definitions', toolDefinitions(settings['tools']));
  content.json('glassbox.model.parameters', data['model_config']);
  return {
    ...samplingAttributes({ ...settings, model: data['model'] }),
    ...content.attributes,
    ...usageAttributes(fieldsOf(data['usage'])),
    ...answer.attributes,
  };
}

/** Providers write chat messages or the SDK's own items. */
function inputMessages(input: unknown): unknown {
  const items = listOf(input).map(fieldsOf);
  const chat = items.some((item) => item['tool_calls'] ?? item['tool_call_id']);
  return chat ? items.map(chatMessage) : itemsAsMessages(input);
}

function usageAttributes(usage: Fields): Attributes {
  const { details } = usage;
  const input = fieldsOf(usage['input_tokens_details'] ?? details);
  const output = fieldsOf(usage['output_tokens_details'] ?? details);
  return defined({
    'gen_ai.usage.input_tokens': numberOf(usage['input_tokens']),
    'gen_ai.usage.output_tokens': numberOf(usage['output_tokens']),
    'gen_ai.usage.cache_read.input_tokens': numberOf(input['cached_tokens']),
    'gen_ai.usage.reasoning.output_tokens': numberOf(output['reasoning_tokens']),
  });
}

/** An error as the SDK keeps it: a sentence, and the real one in its data. */
export function describeError(error: AgentsError): Failure {
  const data = fieldsOf(error.data);
  const inner = data['error'];
  const cause = textOf(inner) ?? textOf(fieldsOf(inner)['message']);
  const type = /^(?:\w+:\s*)*?(\w*(?:Error|Exception|Exceeded|Triggered))\b/.exec(
    cause ?? error.message,
  );
  const message =
    cause && !error.message.includes(cause) ? `${error.message}: ${cause}` : error.message;
  return { type: type?.[1] ?? 'Error', message };
}
