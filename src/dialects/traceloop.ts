import type { ObservationKind } from '../model/observation';
import type { Attributes, Span } from '../model/span';
import type { Json } from '../model/value';
import type { Content, Dialect, Facts } from './dialect';
import { finishReasonsOf } from './finish';
import { firstEventMs } from './firstToken';
import { unflatten } from './flat';
import { identityReader } from './identity';
import { listOf, recordOf, toJson } from './json';
import { calledWith } from './called';
import { answerOf, messagesOf, toolDefinitionsOf } from './messages';
import { asJson, asTexts, compact, firstOf, jsonAt, numberAt, recordAt, textAt } from './reader';
import { normalUsage } from './usage';

/**
 * OpenLLMetry (Traceloop). Its older instrumentations flatten messages into `gen_ai.prompt.N.…`,
 * the newer ones speak GenAI; decorators and frameworks add `traceloop.…` around both.
 */
export const traceloop: Dialect = {
  name: 'traceloop',
  ai: true,
  ownsKey: (key) =>
    key.startsWith('traceloop.') ||
    key === 'llm.request.type' ||
    key === 'llm.usage.total_tokens' ||
    /^gen_ai\.(?:prompt|completion)\.\d+\./.test(key),
  ownsScope: (scope) => scope === 'traceloop.tracer' || scope.startsWith('@traceloop/'),
  facts,
  content,
};

const kinds: Readonly<Record<string, ObservationKind>> = {
  agent: 'agent',
  tool: 'tool',
  handoff: 'handoff',
  workflow: 'chain',
};
const requests: Readonly<Record<string, ObservationKind>> = {
  chat: 'generation',
  completion: 'generation',
  embedding: 'embedding',
  rerank: 'reranker',
};

const association = 'traceloop.association.properties.';
const identityOf = identityReader(association);

const chunks = new Set(['llm.content.completion.chunk', 'gen_ai.content.completion.chunk']);

function facts(span: Span): Facts {
  const { attributes } = span;
  const said = textAt(attributes, 'traceloop.span.kind');
  const request = textAt(attributes, 'llm.request.type');
  const kind = said !== undefined && Object.hasOwn(kinds, said) ? kinds[said] : undefined;
  const requested =
    request !== undefined && Object.hasOwn(requests, request) ? requests[request] : undefined;
  const entity = textAt(attributes, 'traceloop.entity.name');
  return {
    kind: kind ?? requested,
    likelyKind: said === 'task' ? 'chain' : undefined,
    name: said === undefined ? undefined : entity,
    toolName: kind === 'tool' ? entity : undefined,
    agentName: kind === 'agent' ? entity : undefined,
    usage: usageOf(attributes),
    timeToFirstTokenMs: requested === 'generation' ? firstEventMs(span, chunks) : undefined,
    finishReasons: finishReasonsOf(
      firstOf(
        attributes,
        [
          'llm.response.finish_reason',
          'llm.response.stop_reason',
          'gen_ai.response.stop_reason',
          'gen_ai.completion.0.finish_reason',
        ],
        asTexts,
      ),
    ),
    ...identityOf(attributes),
    tags: asTexts(attributes.get(`${association}tags`)),
    prompt: promptOf(attributes),
    traceName: textAt(attributes, 'traceloop.workflow.name'),
  };
}

function usageOf(attributes: Attributes) {
  return normalUsage({
    total: numberAt(attributes, 'llm.usage.total_tokens'),
    reasoning: numberAt(attributes, 'llm.usage.reasoning_tokens'),
  });
}

function promptOf(attributes: Attributes): Facts['prompt'] {
  const name = textAt(attributes, 'traceloop.prompt.key');
  if (name === undefined) return undefined;
  return compact({
    name,
    version: textAt(attributes, 'traceloop.prompt.version', 'traceloop.prompt.version_name'),
    hash: textAt(attributes, 'traceloop.prompt.version_hash'),
  });
}

function content(span: Span): Content {
  const { attributes } = span;
  const prompts = listOf(unflatten(attributes, 'gen_ai.prompt'));
  const completions = listOf(unflatten(attributes, 'gen_ai.completion'));
  const inputMessages = prompts && messagesOf(prompts.map(decoded), 'user');
  const outputMessages = completions && messagesOf(completions.map(decoded), 'assistant');
  return {
    input: prompts ?? calledWith(jsonAt(attributes, 'traceloop.entity.input')),
    output:
      answerOf(outputMessages, completions) ??
      calledWith(jsonAt(attributes, 'traceloop.entity.output')) ??
      documentsOf(span),
    inputMessages,
    outputMessages,
    toolDefinitions: toolDefinitionsOf(unflatten(attributes, 'llm.request.functions')),
    modelParameters: parametersOf(attributes),
    metadata: recordAt(attributes, association),
  };
}

/** Content with several parts is JSON text; what is no list of parts is the text itself. */
function decoded(message: Json): Json {
  const fields = recordOf(message);
  if (!fields) return message;
  const content = typeof fields.content === 'string' ? asJson(fields.content) : undefined;
  const parts = listOf(content);
  const calls = listOf(fields.tool_calls);
  return {
    role: 'assistant',
    ...fields,
    ...(parts ? { content: parts } : {}),
    ...(calls ? { tool_calls: calls } : {}),
  };
}

/** What a vector store found comes as events. */
function documentsOf(span: Span): Json | undefined {
  const found = span.events
    .filter((event) => event.name === 'db.query.result')
    .map((event) =>
      Object.fromEntries(
        [...event.attributes.keys()].map((key) => [
          key.replace('db.query.result.', ''),
          toJson(event.attributes.get(key) ?? null),
        ]),
      ),
    );
  return found.length > 0 ? found : undefined;
}

const legacyParameters = [
  'top_k',
  'frequency_penalty',
  'presence_penalty',
  'chat.stop_sequences',
  'request.repetition_penalty',
  'is_streaming',
];

function parametersOf(attributes: Attributes): Content['modelParameters'] {
  const entries = legacyParameters.flatMap((name) => {
    const value = jsonAt(attributes, `llm.${name}`);
    return value === undefined ? [] : [[name.replace(/^.*\./, ''), value] as const];
  });
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}
