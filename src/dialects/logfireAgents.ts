import type { ObservationKind } from '../model/observation';
import type { Attributes, Span } from '../model/span';
import type { Json } from '../model/value';
import { never, type Content, type Dialect, type Facts } from './dialect';
import { member } from './json';
import { unnamedWorkflow } from './genai';
import { splitEvents } from './genaiEvents';
import { messagesOf, answerOf, toolDefinitionsOf, withSystem } from './messages';
import { promptInMetadata } from './promptLink';
import { asBoolean, asList, asRecord, asText, asTexts, compact, jsonAt, textAt } from './reader';
import { providerUsage } from './usage';

/**
 * The OpenAI Agents SDK through `logfire.instrument_openai_agents()`. Each span carries the SDK's
 * own span data as attributes; its template says which sort of span it is. Tasks and turns repeat
 * the tokens of the calls below them, so their usage is not read. The SDK's errors stand in
 * `error`, the OpenTelemetry status stays unset.
 */
export const logfireAgents: Dialect = {
  name: 'logfire-agents',
  ai: true,
  ownsKey: never,
  ownsScope: (scope) => scope === 'logfire.openai_agents',
  facts,
  content,
};

type Sort =
  | 'trace'
  | 'task'
  | 'turn'
  | 'agent'
  | 'function'
  | 'generation'
  | 'response'
  | 'handoff'
  | 'guardrail'
  | 'custom'
  | 'transcription'
  | 'speech'
  | 'speechGroup'
  | 'mcpTools'
  | 'other';

/** Templates by their beginning; longer ones stand before those they begin with. */
const templates: readonly (readonly [string, Sort])[] = [
  ['OpenAI Agents trace', 'trace'],
  ['Agent run', 'agent'],
  ['Function', 'function'],
  ['Chat completion with', 'generation'],
  ['Responses API', 'response'],
  ['Handoff', 'handoff'],
  ['Guardrail', 'guardrail'],
  ['Custom span', 'custom'],
  ['Speech → Text', 'transcription'],
  ['Text → Speech group', 'speechGroup'],
  ['Text → Speech', 'speech'],
  ['MCP: list tools', 'mcpTools'],
  ['Task:', 'task'],
  ['Turn ', 'turn'],
];

const kinds: Readonly<Record<Sort, ObservationKind>> = {
  trace: 'chain',
  task: 'chain',
  turn: 'chain',
  agent: 'agent',
  function: 'tool',
  generation: 'generation',
  response: 'generation',
  handoff: 'handoff',
  guardrail: 'guardrail',
  custom: 'span',
  transcription: 'generation',
  speech: 'generation',
  speechGroup: 'chain',
  mcpTools: 'span',
  other: 'span',
};

function sortOf(span: Span): Sort {
  const template = textAt(span.attributes, 'logfire.msg_template') ?? span.name;
  const declared = span.attributes.get('sdk_span_type');
  if (declared === 'task' || declared === 'turn') return declared;
  return templates.find(([start]) => template.startsWith(start))?.[1] ?? 'other';
}

function facts(span: Span): Facts {
  const { attributes } = span;
  const sort = sortOf(span);
  const name = textAt(attributes, 'name');
  const common: Facts = {
    kind: kinds[sort],
    failure: failureOf(attributes),
    join: sort === 'trace' || sort === 'task' || sort === 'agent' ? { part: 'wrapper' } : undefined,
  };
  switch (sort) {
    case 'trace':
      return {
        ...common,
        name,
        traceName: name === unnamedWorkflow ? undefined : name,
        sessionId: textAt(attributes, 'group_id'),
        prompt: promptInMetadata(attributes.get('metadata')),
      };
    case 'agent':
      return { ...common, name, agentName: name };
    case 'function':
      return { ...common, name, toolName: name };
    case 'turn':
      return {
        ...common,
        name: messageBefore(attributes),
        agentName: textAt(attributes, 'agent_name'),
      };
    case 'handoff':
      return { ...common, name: handoffName(attributes) };
    case 'guardrail':
      return {
        ...common,
        name: name?.startsWith('[Scrubbed') === true ? 'guardrail' : name,
        level: asBoolean(attributes.get('triggered')) === true ? 'warning' : undefined,
      };
    case 'custom':
      return { ...common, name };
    case 'generation':
    case 'response':
      return { ...common, name: messageBefore(attributes), usage: usageOf(attributes) };
    case 'task':
    case 'transcription':
    case 'speech':
    case 'speechGroup':
    case 'mcpTools':
    case 'other':
      return common;
  }
}

/** Logfire adds the error to the message at the end; a span keeps the name it had before. */
function messageBefore(attributes: Attributes): string | undefined {
  const message = textAt(attributes, 'logfire.msg');
  return attributes.get('error') === undefined ? message : message?.replace(/ failed: .*$/s, '');
}

function handoffName(attributes: Attributes): string | undefined {
  const from = textAt(attributes, 'from_agent');
  const to = textAt(attributes, 'to_agent');
  return from === undefined || to === undefined ? undefined : `${from} → ${to}`;
}

function usageOf(attributes: Attributes) {
  return providerUsage(jsonAt(attributes, 'gen_ai.usage.raw', 'usage'));
}

/** `{"message":"Error running tool (non-fatal)","data":{"tool_name":…,"error":…}}` */
function failureOf(attributes: Attributes): string | undefined {
  const error = attributes.get('error');
  if (error === undefined) return undefined;
  const fields = asRecord(error);
  const message = fields ? asText(fields.message) : asText(error);
  const detail = asText(member(fields?.data, 'error'));
  if (message === undefined) return detail;
  return detail === undefined ? message : `${message}: ${detail}`;
}

function content(span: Span): Content {
  const { attributes } = span;
  switch (sortOf(span)) {
    case 'trace':
      return { metadata: asRecord(attributes.get('metadata')) };
    case 'agent':
      return agentContent(attributes);
    case 'generation':
      return generationContent(attributes);
    case 'response':
      return responseContent(attributes);
    case 'handoff':
      return { input: jsonAt(attributes, 'from_agent'), output: jsonAt(attributes, 'to_agent') };
    case 'guardrail': {
      const triggered = asBoolean(attributes.get('triggered'));
      return triggered === undefined ? {} : { output: { triggered } };
    }
    case 'custom':
      return { input: jsonAt(attributes, 'data') };
    case 'mcpTools':
      return { input: jsonAt(attributes, 'server'), output: jsonAt(attributes, 'result') };
    case 'task':
    case 'turn':
      return { metadata: aggregate(attributes) };
    case 'function':
    case 'transcription':
    case 'speech':
    case 'speechGroup':
    case 'other':
      return { input: jsonAt(attributes, 'input'), output: jsonAt(attributes, 'output') };
  }
}

/** What the calls below used together: to be read, not to be counted. */
function aggregate(attributes: Attributes): Content['metadata'] {
  const usage = asRecord(attributes.get('usage'));
  return usage ? { aggregatedUsage: usage } : undefined;
}

function agentContent(attributes: Attributes): Content {
  const tools = asTexts(attributes.get('tools'));
  const handoffs = asTexts(attributes.get('handoffs'));
  const outputType = textAt(attributes, 'output_type');
  return {
    toolDefinitions: tools?.map((name) => ({ name })),
    metadata: compact<Record<string, Json>>({
      ...(handoffs ? { handoffs } : {}),
      ...(outputType === undefined ? {} : { outputType }),
    }),
  };
}

function generationContent(attributes: Attributes): Content {
  const input = jsonAt(attributes, 'input');
  const output = jsonAt(attributes, 'output');
  const outputMessages = messagesOf(output, 'assistant');
  const config = asRecord(attributes.get('model_config'));
  return {
    input,
    output: answerOf(outputMessages, output),
    inputMessages: messagesOf(input, 'user'),
    outputMessages,
    modelParameters: withoutNulls(config, ['base_url', 'model_impl']),
  };
}

function responseContent(attributes: Attributes): Content {
  const response = asRecord(attributes.get('response'));
  const events = splitEvents(asList(attributes.get('events')) ?? []);
  const input = jsonAt(attributes, 'raw_input');
  const said = member(response, 'output');
  const outputMessages = messagesOf(said, 'assistant') ?? events.outputMessages;
  return {
    input,
    output: answerOf(outputMessages, said),
    inputMessages: withSystem(
      messagesOf(input, 'user') ?? events.inputMessages,
      member(response, 'instructions'),
    ),
    outputMessages,
    toolDefinitions: toolDefinitionsOf(member(response, 'tools')),
    modelParameters: parametersOf(attributes, response),
    metadata: asRecord(member(response, 'metadata')),
  };
}

const responseParameters = [
  'temperature',
  'top_p',
  'max_output_tokens',
  'tool_choice',
  'parallel_tool_calls',
  'reasoning',
  'text',
  'truncation',
  'service_tier',
];

/** What was asked for, then what the answer says was in force. */
function parametersOf(attributes: Attributes, response: Json | undefined) {
  const settings = withoutNulls(asRecord(attributes.get('model_settings')), []);
  const entries = responseParameters.flatMap((key) => {
    const value = member(response, key);
    return value === undefined || value === null ? [] : [[key, value] as const];
  });
  return compact<Record<string, Json>>({ ...Object.fromEntries(entries), ...settings });
}

function withoutNulls(
  record: Readonly<Record<string, Json>> | undefined,
  skip: readonly string[],
): Readonly<Record<string, Json>> | undefined {
  const entries = Object.entries(record ?? {}).filter(
    ([key, value]) => value !== null && !skip.includes(key),
  );
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}
