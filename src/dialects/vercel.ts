import type { ObservationKind, Usage } from '../model/observation';
import type { Attributes, Span } from '../model/span';
import type { Json } from '../model/value';
import type { Content, Dialect, Facts } from './dialect';
import { finishReasonsOf } from './finish';
import { identityReader } from './identity';
import { listOf, member } from './json';
import { answerOf, lastSaid, messagesOf, toolDefinitionsOf, withSystem } from './messages';
import { providerOf } from './provider';
import {
  asJson,
  asTexts,
  compact,
  firstOf,
  hasKey,
  jsonAt,
  numberAt,
  recordAt,
  textAt,
} from './reader';
import { mergeUsage, normalUsage } from './usage';

/**
 * The telemetry built into Vercel's AI SDK, up to version 6 and as an option in 7. An operation
 * is a root span with a span for each step below; both carry tokens, and only the steps' count,
 * because they lie deeper.
 */
export const vercel: Dialect = {
  name: 'vercel',
  ai: true,
  ownsKey: (key) =>
    /^ai\.(?:operationId|model|prompt|response|usage|settings|telemetry|toolCall|value|values|embedding|embeddings|documents|ranking|result|schema|stream)(?:$|\.)/.test(
      key,
    ),
  ownsScope: (scope) => scope === 'ai',
  facts,
  content,
};

const identityOf = identityReader('ai.telemetry.metadata.');

function facts({ attributes, name }: Span): Facts {
  const operation = textAt(attributes, 'ai.operationId') ?? name;
  const functionId = textAt(attributes, 'ai.telemetry.functionId', 'resource.name');
  return {
    kind: kindOf(operation, attributes),
    name: isRoot(attributes) ? functionId : operation === 'ai.toolCall' ? undefined : operation,
    model: textAt(attributes, 'ai.response.model'),
    requestedModel: textAt(attributes, 'ai.model.id'),
    provider: providerOf(textAt(attributes, 'ai.model.provider')?.replace(/\..*$/, '')),
    toolName: textAt(attributes, 'ai.toolCall.name'),
    usage: usageOf(attributes),
    timeToFirstTokenMs: numberAt(
      attributes,
      'ai.response.msToFirstChunk',
      'ai.stream.msToFirstChunk',
    ),
    finishReasons: finishReasonsOf(
      firstOf(attributes, ['ai.response.finishReason', 'ai.finishReason'], asTexts),
    ),
    responseId: textAt(attributes, 'ai.response.id'),
    ...identityOf(attributes),
    tags: asTexts(attributes.get('ai.telemetry.metadata.tags')),
    traceName: functionId,
  };
}

/** Operations hold steps; steps and tool calls have names of their own. */
function isRoot(attributes: Attributes): boolean {
  return !/\.do[A-Z]|toolCall/.test(textAt(attributes, 'ai.operationId') ?? '');
}

function kindOf(operation: string, attributes: Attributes): ObservationKind | undefined {
  if (/\.do(?:Generate|Stream)$/.test(operation)) return 'generation';
  if (operation.endsWith('.doEmbed')) return 'embedding';
  if (operation.endsWith('.doRerank')) return 'reranker';
  if (operation === 'ai.toolCall') return 'tool';
  if (/^ai\.(?:embed|rerank)/.test(operation)) return 'chain';
  if (!/^ai\.(?:generate|stream)/.test(operation)) return undefined;
  const usesTools =
    hasKey(attributes, 'ai.response.toolCalls') || hasKey(attributes, 'ai.prompt.tools');
  return usesTools || (numberAt(attributes, 'ai.settings.maxSteps') ?? 1) > 1 ? 'agent' : 'chain';
}

function usageOf(attributes: Attributes): Usage | undefined {
  const at = (...names: string[]) =>
    numberAt(attributes, ...names.map((name) => `ai.usage.${name}`));
  const reported = normalUsage({
    input: at('inputTokens', 'promptTokens', 'tokens'),
    output: at('outputTokens', 'completionTokens'),
    total: at('totalTokens'),
    cacheRead: at('inputTokenDetails.cacheReadTokens', 'cachedInputTokens'),
    cacheWrite: at('inputTokenDetails.cacheWriteTokens'),
    reasoning: at('outputTokenDetails.reasoningTokens', 'reasoningTokens'),
  });
  if (!reported || reported.cacheRead !== undefined) return reported;
  return mergeUsage(reported, providerDetails(attributes));
}

/** Older versions leave cached and reasoning tokens to what the provider said beside its answer. */
function providerDetails(attributes: Attributes): Usage | undefined {
  const sent = attributes.get('ai.response.providerMetadata');
  if (sent === undefined) return undefined;
  const said = asJson(sent);
  const count = (provider: string, key: string) => {
    const value = member(member(said, provider), key);
    return typeof value === 'number' ? value : undefined;
  };
  return normalUsage({
    cacheRead: count('openai', 'cachedPromptTokens') ?? count('anthropic', 'cacheReadInputTokens'),
    cacheWrite: count('anthropic', 'cacheCreationInputTokens'),
    reasoning: count('openai', 'reasoningTokens'),
  });
}

function content({ attributes }: Span): Content {
  const sent = jsonAt(attributes, 'ai.prompt.messages', 'ai.prompt');
  const answer = answerIn(attributes);
  const inputMessages = withSystem(
    messagesOf(member(sent, 'messages') ?? asJson(member(sent, 'prompt') ?? null) ?? sent, 'user'),
    member(sent, 'system'),
  );
  const outputMessages = messagesOf(answer);
  return {
    input:
      jsonAt(attributes, 'ai.toolCall.args', 'ai.toolCall.input') ?? sent ?? valuesIn(attributes),
    output:
      jsonAt(
        attributes,
        'ai.toolCall.result',
        'ai.toolCall.output',
        'ai.response.object',
        'ai.result.object',
        'ai.ranking',
      ) ??
      (isRoot(attributes) ? lastSaid(outputMessages) : undefined) ??
      answerOf(outputMessages, answer),
    inputMessages,
    outputMessages,
    toolDefinitions: toolsOf(attributes),
    modelParameters: recordAt(attributes, 'ai.settings.', (name) => name.startsWith('context.')),
    metadata: compact<Record<string, Json>>({
      ...recordAt(attributes, 'ai.settings.context.'),
      ...recordAt(attributes, 'ai.telemetry.metadata.'),
    }),
  };
}

/** Each embedded value is JSON text of its own. */
function valuesIn(attributes: Attributes): Json | undefined {
  const values = listOf(jsonAt(attributes, 'ai.values'));
  return (
    values?.map((value) => asJson(value) ?? value) ?? jsonAt(attributes, 'ai.value', 'ai.documents')
  );
}

/** Text, reasoning and calls stand apart; together they are the answer. */
function answerIn(attributes: Attributes): Json | undefined {
  const text = textAt(attributes, 'ai.response.text', 'ai.result.text');
  const reasoning = textAt(attributes, 'ai.response.reasoning');
  const object = textAt(attributes, 'ai.response.object', 'ai.result.object');
  const calls = listOf(jsonAt(attributes, 'ai.response.toolCalls', 'ai.result.toolCalls')) ?? [];
  const parts: Json[] = [];
  if (reasoning !== undefined) parts.push({ type: 'reasoning', text: reasoning });
  if ((text ?? object) !== undefined) parts.push({ type: 'text', text: text ?? object ?? '' });
  for (const call of calls) {
    parts.push({
      ...(typeof call === 'object' && call !== null && !Array.isArray(call) ? call : {}),
      type: 'tool-call',
    });
  }
  return parts.length > 0 ? { role: 'assistant', content: parts } : undefined;
}

function toolsOf(attributes: Attributes): Content['toolDefinitions'] {
  const listed = listOf(jsonAt(attributes, 'ai.prompt.tools'));
  return toolDefinitionsOf(listed?.map((tool) => asJson(tool) ?? tool));
}
