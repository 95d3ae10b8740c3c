import type { Level } from '../model/observation';
import type { Attributes, Span } from '../model/span';
import type { Json } from '../model/value';
import { never, type Content, type Dialect, type Facts } from './dialect';
import { decodeJson, member } from './json';
import { asBoolean, asRecord, asTexts, compact, numberAt, textAt } from './reader';

/**
 * The envelope that Logfire puts around every span: message, level, tags, and the schema that
 * says which attributes are JSON text. What the span is about is other dialects' business.
 */
export const logfire: Dialect = {
  name: 'logfire',
  ai: false,
  ownsKey: (key) => key.startsWith('logfire.') || key === 'operation.cost',
  ownsScope: (scope) => scope === 'logfire' || scope.startsWith('logfire.'),
  facts,
  content: () => ({}),
};

/**
 * The arguments of a plain Logfire span as its input: everything outside the envelope. It stands
 * at the end of the list, so that it speaks only where no other dialect knows an input. Scopes below `logfire` belong to
 * instrumentations, whose attributes are no arguments.
 */
export const logfireArguments: Dialect = {
  name: 'logfire',
  ai: false,
  ownsKey: never,
  ownsScope: (scope) => scope === 'logfire',
  facts: () => ({}),
  content: argumentsContent,
};

const errorLevel = 17;

function facts({ attributes }: Span): Facts {
  const level = numberAt(attributes, 'logfire.level_num');
  const message = textAt(attributes, 'logfire.msg');
  const cost = numberAt(attributes, 'operation.cost');
  return {
    kind: attributes.get('logfire.span_type') === 'log' ? 'event' : undefined,
    name: message,
    level: level === undefined ? undefined : levelOf(level),
    failure: level !== undefined && level >= errorLevel ? (message ?? 'error') : undefined,
    tags: tagsOf(attributes),
    cost: compact({ total: cost }),
  };
}

/** Severity numbers of OpenTelemetry: 9 is info, 13 warning, 17 error. */
export function levelOf(severity: number): Level {
  if (severity >= errorLevel) return 'error';
  if (severity >= 13) return 'warning';
  return severity >= 9 ? 'info' : 'debug';
}

/** Logfire marks model calls with `LLM`, which the kind says already. */
function tagsOf(attributes: Attributes): readonly string[] | undefined {
  const tags = asTexts(attributes.get('logfire.tags'))?.filter((tag) => tag !== 'LLM');
  return tags && tags.length > 0 ? tags : undefined;
}

const envelope = /^(?:logfire\.|code\.|thread\.|exception\.|gen_ai\.|operation\.cost$|async$)/;

function argumentsContent({ attributes }: Span): Content {
  const types = member(asRecord(attributes.get('logfire.json_schema')), 'properties');
  const input: Record<string, Json> = Object.create(null) as Record<string, Json>;
  for (const key of attributes.keys()) {
    if (envelope.test(key)) continue;
    const value = decodeBySchema(attributes, key, types);
    if (value !== undefined) input[key] = value;
  }
  return { input: Object.keys(input).length > 0 ? input : undefined };
}

/** An attribute whose schema says anything at all is JSON text; the others are as they are. */
function decodeBySchema(attributes: Attributes, key: string, types: Json | undefined) {
  const value = attributes.get(key);
  if (value === undefined) return undefined;
  const type = member(member(types, key), 'type');
  if (type === 'null') return undefined;
  if (type === 'boolean') return asBoolean(value);
  return decodeJson(value);
}
