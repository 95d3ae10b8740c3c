import type { ObservationKind, PromptLink, Usage } from '../model/observation';
import type { Attributes, LogRecord, Span } from '../model/span';
import type { Json } from '../model/value';
import type { Content, Dialect, Facts } from './dialect';
import { eventContent, isGenAiEvent, scoresOf } from './genaiEvents';
import { finishReasonsOf } from './finish';
import { answerOf, lastSaid, messagesOf, toolDefinitionsOf, withSystem } from './messages';
import { providerOf } from './provider';
import {
  asNumber,
  asTexts,
  compact,
  firstOf,
  hasKey,
  hasKeyStarting,
  jsonAt,
  numberAt,
  recordAt,
  textAt,
} from './reader';
import { normalUsage } from './usage';

/**
 * OpenTelemetry's GenAI conventions in all their generations: messages as attributes (1.37 and
 * later), as span events or log records (1.28 to 1.36), and the single prompt and completion
 * attributes or events before.
 */
export const genAi: Dialect = {
  name: 'genai',
  ai: true,
  ownsKey: (key) => key.startsWith('gen_ai.'),
  ownsScope: (scope) => scope === 'gen_ai',
  facts,
  content,
};

const operations: Readonly<Record<string, ObservationKind>> = {
  chat: 'generation',
  generate_content: 'generation',
  text_completion: 'generation',
  completion: 'generation',
  acompletion: 'generation',
  generate: 'generation',
  responses: 'generation',
  aresponses: 'generation',
  'chat.completions': 'generation',
  'text.completions': 'generation',
  llm_request: 'generation',
  llm_call: 'generation',
  image_generation: 'generation',
  text_to_speech: 'generation',
  transcription: 'generation',
  embeddings: 'embedding',
  aembedding: 'embedding',
  retrieval: 'retriever',
  vector_db_retrieve: 'retriever',
  search_memory: 'retriever',
  rerank: 'reranker',
  arerank: 'reranker',
  execute_tool: 'tool',
  tool_call: 'tool',
  tool: 'tool',
  create_agent: 'agent',
  invoke_agent: 'agent',
  agent_call: 'agent',
  agent: 'agent',
  invoke_swarm: 'agent',
  invoke_graph: 'agent',
  invoke_workflow: 'chain',
  handle_conversation_turn: 'chain',
  plan: 'chain',
  agent_step: 'chain',
  execute_task: 'chain',
  step: 'chain',
  handoff: 'handoff',
  'guardrail.run': 'guardrail',
  guard: 'guardrail',
  execute_guardrail: 'guardrail',
  evaluate: 'evaluator',
  fetch_response: 'span',
  create_memory_store: 'span',
  delete_memory_store: 'span',
  create_memory: 'span',
  update_memory: 'span',
  upsert_memory: 'span',
  delete_memory: 'span',
};

function facts(span: Span): Facts {
  const { attributes } = span;
  const operation = operationOf(attributes);
  const kind = operation === undefined ? undefined : operationKind(operation);
  const usage = operation === 'fetch_response' ? undefined : usageOf(attributes);
  const model = textAt(attributes, 'gen_ai.response.model');
  const requestedModel = textAt(attributes, 'gen_ai.request.model');
  return {
    kind,
    likelyKind: kind ?? likelyKind(attributes, (usage ?? model ?? requestedModel) !== undefined),
    model,
    requestedModel,
    provider: firstProvider(attributes),
    agentName: textAt(attributes, 'gen_ai.agent.name'),
    toolName: textAt(attributes, 'gen_ai.tool.name'),
    usage,
    cost: compact({
      total: numberAt(attributes, 'gen_ai.usage.cost', 'gen_ai.cost.total_cost'),
      input: numberAt(attributes, 'gen_ai.cost.input_cost'),
      output: numberAt(attributes, 'gen_ai.cost.output_cost'),
    }),
    timeToFirstTokenMs: timeToFirstToken(attributes),
    finishReasons: finishReasonsOf(
      firstOf(
        attributes,
        ['gen_ai.response.finish_reasons', 'gen_ai.response.finish_reason'],
        asTexts,
      ),
    ),
    responseId: textAt(attributes, 'gen_ai.response.id'),
    sessionId: conversationOf(attributes),
    userId: textAt(attributes, 'gen_ai.user', 'llm.user'),
    prompt: promptOf(attributes),
    traceName: workflowOf(attributes),
  };
}

/** Some give the answer before as the conversation, which is another for each call. */
function conversationOf(attributes: Attributes): string | undefined {
  const id = textAt(attributes, 'gen_ai.conversation.id');
  return id?.startsWith('resp_') === true ? undefined : id;
}

/** What the OpenAI Agents SDK calls a workflow that nobody named. */
export const unnamedWorkflow = 'Agent workflow';

function workflowOf(attributes: Attributes): string | undefined {
  const name = textAt(attributes, 'gen_ai.workflow.name');
  return name === unnamedWorkflow ? undefined : name;
}

function operationOf(attributes: Attributes): string | undefined {
  return textAt(attributes, 'gen_ai.operation.name')?.toLowerCase();
}

function operationKind(operation: string): ObservationKind | undefined {
  if (Object.hasOwn(operations, operation)) return operations[operation];
  return operation.includes('embedding') ? 'embedding' : undefined;
}

/** A model or tokens make a generation; an agent's name is context and makes nothing. */
function likelyKind(attributes: Attributes, called: boolean): ObservationKind | undefined {
  const has = (key: string) => hasKey(attributes, key);
  if (has('gen_ai.tool.name') || has('gen_ai.tool.call.id')) return 'tool';
  if (has('gen_ai.evaluation.name')) return 'evaluator';
  if (has('gen_ai.handoff.to_agent') || has('gen_ai.handoff.from_agent')) return 'handoff';
  if (has('gen_ai.guardrail.name')) return 'guardrail';
  if (has('gen_ai.retrieval.query.text')) return 'retriever';
  const messages = ['gen_ai.input.messages', 'gen_ai.output.messages', 'gen_ai.completion'];
  return called || messages.some(has) ? 'generation' : undefined;
}

function firstProvider(attributes: Attributes): string | undefined {
  return (
    providerOf(textAt(attributes, 'gen_ai.provider.name')) ??
    providerOf(textAt(attributes, 'gen_ai.system'))
  );
}

/** Seconds on the wire. */
function timeToFirstToken(attributes: Attributes): number | undefined {
  const seconds = numberAt(
    attributes,
    'gen_ai.response.time_to_first_chunk',
    'gen_ai.client.operation.time_to_first_chunk',
    'gen_ai.server.time_to_first_token',
  );
  return seconds === undefined ? undefined : seconds * 1000;
}

const counts = {
  input: ['gen_ai.usage.input_tokens', 'gen_ai.usage.prompt_tokens'],
  output: ['gen_ai.usage.output_tokens', 'gen_ai.usage.completion_tokens'],
  total: ['gen_ai.usage.total_tokens'],
  cacheRead: [
    'gen_ai.usage.cache_read.input_tokens',
    'gen_ai.usage.cache_read_input_tokens',
    'gen_ai.usage.details.cache_read_tokens',
    'gen_ai.usage.details.cache_read_input_tokens',
    'gen_ai.usage.details.cached_tokens',
  ],
  cacheWrite: [
    'gen_ai.usage.cache_write.input_tokens',
    'gen_ai.usage.cache_creation.input_tokens',
    'gen_ai.usage.cache_write_input_tokens',
    'gen_ai.usage.cache_creation_input_tokens',
    'gen_ai.usage.details.cache_write_tokens',
    'gen_ai.usage.details.cache_creation_input_tokens',
  ],
  reasoning: [
    'gen_ai.usage.reasoning.output_tokens',
    'gen_ai.usage.reasoning_tokens',
    'gen_ai.usage.details.reasoning_tokens',
  ],
} as const;

function usageOf(attributes: Attributes): Usage | undefined {
  const input = firstOf(attributes, counts.input, asNumber);
  const output = firstOf(attributes, counts.output, asNumber);
  const total = firstOf(attributes, counts.total, asNumber);
  if (input === undefined && output === undefined && total === undefined) {
    // Parts without a whole are rare; most spans have no tokens at all.
    if (!hasKeyStarting(attributes, 'gen_ai.usage.')) return undefined;
  }
  if (isPassedOn(attributes)) return undefined;
  return normalUsage({
    ...{ input, output, total },
    cacheRead: firstOf(attributes, counts.cacheRead, asNumber),
    cacheWrite: firstOf(attributes, counts.cacheWrite, asNumber),
    reasoning: firstOf(attributes, counts.reasoning, asNumber),
  });
}

/** LangSmith repeats the tokens of an answer on the steps that it passes through. */
function isPassedOn(attributes: Attributes): boolean {
  const run = attributes.get('langsmith.span.kind');
  return run !== undefined && run !== 'llm' && run !== 'embedding';
}

function promptOf(attributes: Attributes): PromptLink | undefined {
  const name = textAt(attributes, 'gen_ai.prompt.name');
  if (name === undefined) return undefined;
  return compact({ name, version: textAt(attributes, 'gen_ai.prompt.version') });
}

function content(span: Span, logs: readonly LogRecord[]): Content {
  const { attributes } = span;
  const events = [...span.events, ...logs].filter(isGenAiEvent);
  const scores = scoresOf(span, events);
  const params = modelParameters(attributes);
  const work = workContent(attributes);
  const sent = chatAttributes(attributes);
  const heard = eventContent(events);
  const isEmbedding = operationKind(operationOf(attributes) ?? '') === 'embedding';
  const inputMessages = isEmbedding ? undefined : (sent.inputMessages ?? heard.inputMessages);
  const outputMessages = sent.outputMessages ?? heard.outputMessages;
  return {
    input: work.input ?? sent.input ?? heard.input,
    output: work.output ?? outputOf(attributes, outputMessages) ?? sent.output ?? heard.output,
    inputMessages,
    outputMessages,
    toolDefinitions:
      toolDefinitionsOf(jsonAt(attributes, 'gen_ai.tool.definitions')) ?? heard.toolDefinitions,
    modelParameters: params,
    metadata: recordAt(attributes, 'gen_ai.prompt.variable.'),
    scores,
  };
}

/** What an agent answers is what it said last; the calls on the way there are its children. */
function outputOf(attributes: Attributes, messages: Content['outputMessages']): Json | undefined {
  const answer = answerOf(messages, undefined);
  if (answer !== undefined || operationOf(attributes) !== 'invoke_agent') {
    return answer;
  }
  return lastSaid(messages);
}

/** Tools, retrievers, memories and guardrails: their input and output in attributes of their own. */
function workContent(attributes: Attributes): Content {
  return {
    input: jsonAt(
      attributes,
      'gen_ai.tool.call.arguments',
      'gen_ai.retrieval.query.text',
      'gen_ai.memory.query.text',
      'gen_ai.guardrail.input',
      'gen_ai.task.input',
    ),
    output: jsonAt(
      attributes,
      'gen_ai.tool.call.result',
      'gen_ai.retrieval.documents',
      'gen_ai.memory.records',
      'gen_ai.guardrail.output',
      'gen_ai.task.output',
    ),
  };
}

function chatAttributes(attributes: Attributes): Content {
  const input = jsonAt(attributes, 'gen_ai.input.messages', 'gen_ai.prompt');
  const output = jsonAt(attributes, 'gen_ai.output.messages', 'gen_ai.completion');
  const outputMessages = messagesOf(conversationIn(output), 'assistant');
  const isSilent = outputMessages?.every((message) => message.parts.length === 0) === true;
  return {
    input,
    output: isSilent ? undefined : output,
    inputMessages: withSystem(
      messagesOf(conversationIn(input), 'user'),
      jsonAt(attributes, 'gen_ai.system_instructions'),
    ),
    // Some send messages without a part when they could not read the answer.
    outputMessages: isSilent ? undefined : outputMessages,
  };
}

/** Some put the whole request or answer where the messages belong. */
export function conversationIn(json: Json | undefined): Json | undefined {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return json;
  const record = json as Readonly<Record<string, Json>>;
  const choices = record.choices ?? record.generations;
  return record.messages ?? choices ?? json;
}

const handled = new Set(['model', 'previous_response.id']);

function modelParameters(attributes: Attributes): Readonly<Record<string, Json>> | undefined {
  const requested = recordAt(attributes, 'gen_ai.request.', (name) => handled.has(name));
  const output = textAt(attributes, 'gen_ai.output.type');
  const tier = textAt(
    attributes,
    'openai.request.service_tier',
    'gen_ai.openai.request.service_tier',
  );
  const dimensions = numberAt(attributes, 'gen_ai.embeddings.dimension.count');
  return compact({
    ...requested,
    ...(output === undefined ? {} : { outputType: output }),
    ...(tier === undefined ? {} : { service_tier: tier }),
    ...(dimensions === undefined ? {} : { dimensions }),
  });
}
