import type { ObservationKind } from '../model/observation';
import type { Attributes, Span } from '../model/span';
import type { Json } from '../model/value';
import type { Content, Dialect, Facts } from './dialect';
import { asList, asRecord, asText, compact, jsonAt, textAt } from './reader';
import { listOf, member, recordOf } from './json';
import { answerOf, messagesOf, toolDefinitionsOf } from './messages';
import { normalUsage } from './usage';

/** Firebase Genkit. Its attributes have colons; a model's tokens stand in its output. */
export const genkit: Dialect = {
  name: 'genkit',
  ai: true,
  ownsKey: (key) => key.startsWith('genkit:'),
  ownsScope: (scope) => scope === 'genkit-tracer',
  facts,
  content,
};

const kinds: Readonly<Record<string, ObservationKind>> = {
  ...{ model: 'generation', 'background-model': 'generation', embedder: 'embedding' },
  ...{ retriever: 'retriever', reranker: 'reranker', evaluator: 'evaluator', tool: 'tool' },
  ...{ 'tool.v2': 'tool', flow: 'chain', prompt: 'span', 'executable-prompt': 'chain' },
  ...{ indexer: 'span', util: 'span' },
};

function kindOf(attributes: Attributes): ObservationKind | undefined {
  const subtype = textAt(attributes, 'genkit:metadata:subtype') ?? '';
  if (Object.hasOwn(kinds, subtype)) return kinds[subtype];
  // `generate` is the loop of calls and tools around a model.
  return attributes.get('genkit:type') === 'util' ? 'chain' : undefined;
}

function facts({ attributes }: Span): Facts {
  const kind = kindOf(attributes);
  const name = textAt(attributes, 'genkit:name');
  const [provider, model] = kind === 'generation' || kind === 'embedding' ? split(name) : [];
  const answer = kind === 'generation' ? jsonAt(attributes, 'genkit:output') : undefined;
  const finish = asText(member(answer, 'finishReason'));
  return {
    kind,
    name,
    toolName: kind === 'tool' ? name : undefined,
    requestedModel: model,
    provider,
    usage: usageOf(member(answer, 'usage')),
    finishReasons: finish === undefined ? undefined : [finish],
    sessionId: textAt(attributes, 'genkit:metadata:sessionId', 'genkit:sessionId'),
  };
}

/** `openai/gpt-5-mini`: the plugin, then the model. */
function split(name: string | undefined): readonly (string | undefined)[] {
  const slash = name?.indexOf('/') ?? -1;
  return slash < 0 ? [undefined, name] : [name?.slice(0, slash), name?.slice(slash + 1)];
}

/** Gemini leaves thoughts out of its output; the total tells. */
function usageOf(usage: Json | undefined) {
  const count = (key: string) => {
    const value = member(usage, key);
    return typeof value === 'number' ? value : undefined;
  };
  const [input, output, total] = ['inputTokens', 'outputTokens', 'totalTokens'].map(count);
  const reasoning = count('thoughtsTokens');
  const isApart = total !== undefined && total >= (input ?? 0) + (output ?? 0) + (reasoning ?? 0);
  return normalUsage(
    { input, output, total, cacheRead: count('cachedContentTokens'), reasoning },
    { outputExcludesReasoning: isApart },
  );
}

function content({ attributes }: Span): Content {
  const input = jsonAt(attributes, 'genkit:input');
  const output = jsonAt(attributes, 'genkit:output');
  if (kindOf(attributes) !== 'generation') return { input, output };
  const sent = listOf(member(input, 'messages'))?.map(plainMessage);
  const answer = member(output, 'message');
  const outputMessages = answer === undefined ? undefined : messagesOf([plainMessage(answer)]);
  return {
    input: sent ?? input,
    output: answerOf(outputMessages, output),
    inputMessages: sent && messagesOf(sent),
    outputMessages,
    toolDefinitions: toolDefinitionsOf(asList(member(input, 'tools'))?.map(plainTool)),
    modelParameters: asRecord(member(input, 'config')),
  };
}

function plainMessage(message: Json): Json {
  const { role = 'user', content: parts = [] } = recordOf(message) ?? {};
  return {
    role: role === 'model' ? 'assistant' : role,
    parts: (listOf(parts) ?? []).map(plainPart),
  };
}

function plainPart(part: Json): Json {
  const { text, reasoning, toolRequest, toolResponse, media } = recordOf(part) ?? {};
  if (text !== undefined) return { type: 'text', content: text };
  if (reasoning !== undefined) return { type: 'reasoning', content: reasoning };
  const called = recordOf(toolRequest);
  if (called) {
    const { ref: id = '', name = '', input = null } = called;
    return { type: 'tool_call', id, name, arguments: input };
  }
  const answered = recordOf(toolResponse);
  if (answered) {
    const { ref: id = '', name = '', output = null } = answered;
    return { type: 'tool_call_response', id, name, response: output };
  }
  const url = asText(member(media, 'url'));
  return url === undefined ? part : { type: 'image_url', image_url: { url } };
}

function plainTool(tool: Json): Json {
  const { name, description, inputSchema } = recordOf(tool) ?? {};
  return compact({ name, description, parameters: inputSchema }) as Json;
}
