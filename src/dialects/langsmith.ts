import type { ObservationKind, Usage } from '../model/observation';
import type { Attributes, Span } from '../model/span';
import { isRecord } from '../model/value';
import type { Content, Dialect, Facts } from './dialect';
import { identityReader } from './identity';
import { member } from './json';
import { answerOf, messagesOf } from './messages';
import { asTexts, jsonAt, recordAt, textAt } from './reader';
import { conversationIn } from './genai';
import { mergeUsage, providerUsage } from './usage';

/**
 * LangSmith's OpenTelemetry export, which is how LangChain and LangGraph are traced by it. Its
 * run type is right where its GenAI operation is not; inputs and outputs are whole JSON objects.
 */
export const langSmith: Dialect = {
  name: 'langsmith',
  ai: true,
  ownsKey: (key) => key.startsWith('langsmith.'),
  ownsScope: (scope) => scope === 'langsmith',
  facts,
  content,
};

const kinds: Readonly<Record<string, ObservationKind>> = {
  ...{ llm: 'generation', chain: 'chain', tool: 'tool', retriever: 'retriever' },
  ...{ embedding: 'embedding', prompt: 'span', parser: 'span' },
};

const identityOf = identityReader('langsmith.metadata.');

function facts({ attributes }: Span): Facts {
  const type = textAt(attributes, 'langsmith.span.kind')?.toLowerCase();
  const kind = type !== undefined && Object.hasOwn(kinds, type) ? kinds[type] : undefined;
  const name = textAt(attributes, 'langsmith.trace.name');
  return {
    kind,
    name,
    toolName: kind === 'tool' ? name : undefined,
    requestedModel: textAt(attributes, 'langsmith.metadata.ls_model_name'),
    provider: textAt(attributes, 'langsmith.metadata.ls_provider'),
    usage: kind === 'generation' || kind === 'embedding' ? usageOf(attributes) : undefined,
    ...identityOf(attributes),
    tags: asTexts(attributes.get('langsmith.span.tags')),
  };
}

function usageOf(attributes: Attributes): Usage | undefined {
  const reported = providerUsage(
    jsonAt(attributes, 'langsmith.usage_metadata', 'langsmith.metadata.usage_metadata'),
  );
  const details = {
    input_token_details: pythonCounts(attributes.get('gen_ai.usage.input_token_details')),
    output_token_details: pythonCounts(attributes.get('gen_ai.usage.output_token_details')),
  };
  return mergeUsage(reported, providerUsage(details));
}

/** `{'cache_read': 5, 'audio': 0}`: a Python dictionary of numbers, printed. */
function pythonCounts(value: unknown): Readonly<Record<string, number>> {
  const pairs = typeof value === 'string' ? value.matchAll(/['"](\w+)['"]\s*:\s*(\d+)/g) : [];
  return Object.fromEntries([...pairs].map(([, key = '', count]) => [key, Number(count)]));
}

function content({ attributes }: Span): Content {
  const input = jsonAt(attributes, 'gen_ai.prompt');
  const output = jsonAt(attributes, 'gen_ai.completion');
  const isCall = textAt(attributes, 'langsmith.span.kind') === 'llm';
  const outputMessages = isCall ? messagesOf(conversationIn(output), 'assistant') : undefined;
  return {
    input: isCall ? input : soleMember(input, 'input'),
    output: isCall ? answerOf(outputMessages, output) : toolContent(soleMember(output, 'output')),
    inputMessages: isCall ? messagesOf(conversationIn(input), 'user') : undefined,
    outputMessages,
    metadata: recordAt(
      attributes,
      'langsmith.metadata.',
      (name) => name === 'usage_metadata' || name.startsWith('LANGSMITH_'),
    ),
  };
}

/** A tool's result may come as the message that hands it to the model. */
function toolContent(json: Content['output']): Content['output'] {
  return member(json, 'type') === 'tool' ? (member(json, 'content') ?? json) : json;
}

/** Values that are no object travel as `{"input": …}` and `{"output": …}`. */
function soleMember(json: Content['input'], key: string): Content['input'] {
  return isRecord(json) && Object.keys(json).length === 1 ? (member(json, key) ?? json) : json;
}
