import type { Score } from '../model/observation';
import type { Attributes, Span } from '../model/span';
import { isRecord, type Json } from '../model/value';
import type { Content, Dialect, Facts } from './dialect';
import { splitEvents } from './genaiEvents';
import { listOf, member, recordOf } from './json';
import { answerOf, messagesOf, toolDefinitionsOf } from './messages';
import {
  asList,
  asNumber,
  asRecord,
  asText,
  compact,
  hasKey,
  jsonAt,
  numberAt,
  textAt,
} from './reader';

/**
 * Pydantic AI in all its instrumentation versions, and Pydantic Evals. Model calls are GenAI;
 * what is its own are the agent's result and conversation, the tools of old, and evaluations.
 */
export const pydanticAi: Dialect = {
  name: 'pydantic-ai',
  ai: true,
  ownsKey: (key) =>
    key.startsWith('pydantic_ai.') ||
    key === 'model_request_parameters' ||
    key === 'all_messages_events' ||
    key === 'final_result',
  ownsScope: (scope) =>
    scope === 'pydantic-ai' || scope === 'pydantic-evals' || scope === 'pydantic_evals',
  facts,
  content,
};

function facts(span: Span): Facts {
  const { attributes, name } = span;
  const agentName = textAt(attributes, 'agent_name');
  const isAgent =
    agentName !== undefined &&
    (hasKey(attributes, 'final_result') || hasKey(attributes, 'model_name'));
  return {
    kind: evaluationKind(name),
    likelyKind: isAgent ? 'agent' : likelyKind(name),
    name: isAgent ? agentName : undefined,
    agentName,
    requestedModel: textAt(attributes, 'model_name'),
    cost: compact({ total: numberAt(attributes, 'operation.cost') }),
  };
}

function evaluationKind(name: string): Facts['kind'] {
  if (/^(?:evaluate |case: )/.test(name)) return 'chain';
  return name.startsWith('evaluator: ') ? 'evaluator' : undefined;
}

function likelyKind(name: string): Facts['kind'] {
  return /^(?:running \d* ?tools|run graph |run node )/.test(name) ? 'chain' : undefined;
}

function content({ attributes }: Span): Content {
  const conversation = conversationOf(attributes);
  return {
    input:
      jsonAt(attributes, 'tool_arguments', 'inputs') ??
      promptIn(attributes, conversation) ??
      conversation.input,
    output: jsonAt(attributes, 'tool_response', 'final_result', 'output') ?? conversation.output,
    inputMessages: conversation.inputMessages,
    outputMessages: conversation.outputMessages,
    toolDefinitions: toolsOf(attributes),
    modelParameters: asRecord(attributes.get('embedding_settings')),
    metadata: asRecord(attributes.get('metadata')),
    scores: scoresOf(attributes),
  };
}

/** The run's messages, from where this run begins; what came before is history. */
function conversationOf(attributes: Attributes): Content {
  const events = asList(attributes.get('all_messages_events') ?? attributes.get('events'));
  if (events) return splitEvents(events);
  const all = asList(attributes.get('pydantic_ai.all_messages'));
  if (!all) return {};
  let end = all.length;
  while (end > 0 && member(all[end - 1], 'role') === 'assistant') end--;
  const output = all.slice(end);
  const outputMessages = messagesOf(output, 'assistant');
  return {
    input: all.slice(0, end),
    output: answerOf(outputMessages, output.length > 0 ? output : undefined),
    inputMessages: messagesOf(all.slice(0, end), 'user'),
    outputMessages,
  };
}

/** What the user said in this run, where that is all of it. */
function promptIn(attributes: Attributes, { inputMessages }: Content): Json | undefined {
  if (!hasKey(attributes, 'pydantic_ai.all_messages')) return undefined;
  const start = numberAt(attributes, 'pydantic_ai.new_message_index') ?? 0;
  const said = inputMessages?.slice(start).filter((message) => message.role === 'user') ?? [];
  const parts = said.flatMap((message) => message.parts);
  const [only, second] = parts;
  return only?.type === 'text' && !second ? only.text : undefined;
}

function toolsOf(attributes: Attributes): Content['toolDefinitions'] {
  const parameters = jsonAt(attributes, 'model_request_parameters');
  const tools = ['function_tools', 'output_tools'].flatMap(
    (key) => listOf(member(parameters, key)) ?? [],
  );
  return toolDefinitionsOf(tools);
}

/** Scores, labels and assertions of an evaluated case, each a map by name. */
function scoresOf(attributes: Attributes): readonly Score[] | undefined {
  const scores = ['scores', 'labels', 'assertions'].flatMap((key) =>
    Object.entries(asRecord(attributes.get(key)) ?? {}).flatMap(([name, result]) =>
      scoreOf(name, result),
    ),
  );
  return scores.length > 0 ? scores : undefined;
}

function scoreOf(name: string, result: Json): readonly Score[] {
  const value = isRecord(result) ? member(result, 'value') : result;
  const score = compact<Score>({
    name,
    value: typeof value === 'boolean' ? Number(value) : asNumber(value),
    label: typeof value === 'string' ? value : undefined,
    comment: asText(recordOf(result)?.reason),
    source: 'otlp',
  });
  return score ? [score] : [];
}
