import {
  observationKinds,
  type Level,
  type ObservationKind,
  type Role,
  type Usage,
} from '../model/observation';
import type { Attributes, Span } from '../model/span';
import type { Json } from '../model/value';
import type { Content, Dialect, Facts } from './dialect';
import { decodeJson, member } from './json';
import { calledWith } from './called';
import { answerOf, messagesOf, toolDefinitionsOf } from './messages';
import {
  asJson,
  asNumber,
  asRecord,
  asText,
  asTexts,
  compact,
  firstOf,
  hasKey,
  jsonAt,
  recordAt,
  textAt,
} from './reader';
import { normalUsage, providerUsage } from './usage';

/** The Langfuse SDKs, version 3 and later: an observation's fields in attributes of their own. */
export const langfuse: Dialect = {
  name: 'langfuse',
  ai: true,
  ownsKey: (key) =>
    /^langfuse\.(?:observation|trace|user|session|internal|experiment|tags|prompt)/.test(key),
  ownsScope: (scope) => scope === 'langfuse-sdk' || scope === 'langfuse-tracer',
  facts,
  content,
};

const generationOnly = [
  'model.name',
  'model.parameters',
  'usage_details',
  'cost_details',
  'completion_start_time',
  'prompt.name',
].map((name) => `langfuse.observation.${name}`);

function facts(span: Span): Facts {
  const { attributes } = span;
  const level = levelOf(textAt(attributes, 'langfuse.observation.level'));
  const statusMessage = textAt(attributes, 'langfuse.observation.status_message');
  return {
    ...kindOf(attributes),
    level,
    statusMessage,
    failure: level === 'error' ? (statusMessage ?? 'error') : undefined,
    model: textAt(attributes, 'langfuse.observation.model.name'),
    usage: usageOf(attributes),
    cost: costOf(attributes),
    timeToFirstTokenMs: timeToFirstToken(span),
    sessionId: textAt(attributes, 'langfuse.session.id', 'session.id'),
    userId: textAt(attributes, 'langfuse.user.id', 'user.id'),
    tags: firstOf(attributes, ['langfuse.trace.tags', 'langfuse.tags'], asTexts),
    environment: textAt(attributes, 'langfuse.environment'),
    release: textAt(attributes, 'langfuse.release'),
    prompt: promptOf(attributes),
    traceName: textAt(attributes, 'langfuse.trace.name'),
  };
}

/** Older SDKs called a generation a span; only generations have models, tokens and prompts. */
function kindOf(attributes: Attributes): Pick<Facts, 'kind' | 'likelyKind'> {
  const said = textAt(attributes, 'langfuse.observation.type');
  const kind: ObservationKind | undefined = observationKinds.find((known) => known === said);
  const promoted = generationOnly.some((key) => hasKey(attributes, key));
  if (kind === undefined || kind === 'span') {
    return promoted ? { kind: 'generation' } : kind ? { likelyKind: kind } : {};
  }
  return { kind };
}

function levelOf(level: string | undefined): Level | undefined {
  switch (level?.toUpperCase()) {
    case 'DEBUG':
      return 'debug';
    case 'WARNING':
      return 'warning';
    case 'ERROR':
      return 'error';
    default:
      return undefined;
  }
}

const readKeys = [
  'input_cached_tokens',
  'cache_read_input_tokens',
  'input_cache_read',
  'cache_read_tokens',
  'input_cached',
];
const writeKeys = [
  'input_cache_creation',
  'cache_creation_input_tokens',
  'input_cache_write',
  'cache_write_tokens',
];
const reasoningKeys = ['output_reasoning_tokens', 'output_reasoning', 'reasoning_tokens'];

/**
 * Buckets are disjoint by convention: `input` leaves the cached tokens out. Who passes inclusive
 * counts gives himself away by a total that is the sum of input and output.
 */
function usageOf(attributes: Attributes): Usage | undefined {
  const details = asRecord(attributes.get('langfuse.observation.usage_details'));
  if (!details) return undefined;
  if (!('input' in details) && !('output' in details)) return providerUsage(details);
  const pick = (keys: readonly string[]) => {
    for (const key of keys) {
      const value = asNumber(member(details, key));
      if (value !== undefined) return value;
    }
    return undefined;
  };
  const [input, output, total] = [pick(['input']), pick(['output']), pick(['total'])];
  const inclusive = total !== undefined && total === (input ?? 0) + (output ?? 0);
  return normalUsage(
    {
      ...{ input, output, total },
      ...{ cacheRead: pick(readKeys), cacheWrite: pick(writeKeys), reasoning: pick(reasoningKeys) },
    },
    { inputExcludesCache: !inclusive, outputExcludesReasoning: !inclusive },
  );
}

function costOf(attributes: Attributes): Facts['cost'] {
  const details = asRecord(attributes.get('langfuse.observation.cost_details'));
  if (!details) return undefined;
  const part = (key: string) => asNumber(member(details, key));
  const [input, output] = [part('input'), part('output')];
  const sum =
    input === undefined && output === undefined ? undefined : (input ?? 0) + (output ?? 0);
  return compact({ input, output, total: part('total') ?? sum });
}

/** An ISO time, sometimes with quotes around it. */
function timeToFirstToken({ attributes, startTime }: Span): number | undefined {
  const sent = attributes.get('langfuse.observation.completion_start_time');
  const text = sent === undefined ? undefined : asText(decodeJson(sent));
  const time = text === undefined ? NaN : Date.parse(text);
  return Number.isNaN(time) ? undefined : time - startTime / 1000;
}

function promptOf(attributes: Attributes): Facts['prompt'] {
  const name = textAt(attributes, 'langfuse.observation.prompt.name', 'langfuse.prompt.name');
  if (name === undefined) return undefined;
  const version = textAt(
    attributes,
    'langfuse.observation.prompt.version',
    'langfuse.prompt.version',
  );
  return compact({ name, version });
}

function content({ attributes }: Span): Content {
  const input = jsonAt(attributes, 'langfuse.observation.input', 'langfuse.trace.input');
  const output = jsonAt(attributes, 'langfuse.observation.output', 'langfuse.trace.output');
  const isCall = kindOf(attributes).kind === 'generation';
  const outputMessages = chatIn(output, isCall ? 'assistant' : undefined);
  return {
    input: calledWith(input),
    output: answerOf(outputMessages, output),
    inputMessages: chatIn(member(input, 'messages') ?? input, isCall ? 'user' : undefined),
    outputMessages,
    toolDefinitions: toolDefinitionsOf(member(input, 'tools')),
    modelParameters: asRecord(attributes.get('langfuse.observation.model.parameters')),
    metadata: metadataOf(attributes),
  };
}

/** Only what is shaped like a chat, and the bare text of a call. */
function chatIn(json: Json | undefined, speaker: Role | undefined): Content['inputMessages'] {
  const messages = messagesOf(json, speaker);
  return messages?.some((message) => message.parts.some((part) => part.type === 'raw'))
    ? undefined
    : messages;
}

function metadataOf(attributes: Attributes): Content['metadata'] {
  const layers = [
    'langfuse.trace.metadata',
    'langfuse.observation.metadata',
    'langfuse.experiment',
  ].map((key) => {
    const whole = asJson(attributes.get(key));
    const members = recordAt(attributes, `${key}.`);
    return { ...(typeof whole === 'object' && !Array.isArray(whole) ? whole : {}), ...members };
  });
  return compact(Object.assign({}, ...layers) as Record<string, Json>);
}
