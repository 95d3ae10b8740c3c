import type { Message, Observation, Part, Score } from './observation';
import { isRecord, type Json } from './value';

/** What free text and the fields `attr`, `metadata` and `score` look at in an observation. */
export interface Content {
  /** Each message, input, output, definition, event and name as plain text. */
  readonly texts: readonly string[];
  readonly attributes: Readonly<Record<string, Json>>;
  readonly metadata: Readonly<Record<string, Json>>;
  readonly scores: readonly Score[];
}

/** Longer texts are searched up to here, in UTF-16 units. */
const textLimit = 1_000_000;
const depthLimit = 64;

export function contentOf(observation: Observation): Content {
  let texts: readonly string[] | undefined;
  return {
    get texts() {
      return (texts ??= textsOf(observation));
    },
    attributes: observation.attributes,
    metadata: observation.metadata ?? {},
    scores: observation.scores ?? [],
  };
}

/** Each text that free text is looked for in; a phrase must stand in one of them. */
export function textsOf(observation: Observation): readonly string[] {
  const { inputMessages, outputMessages, input, output, toolDefinitions = [] } = observation;
  const { name, toolName, agentName, model, statusMessage, events } = observation;
  const names = new Set([name, toolName, agentName, model].flatMap((one) => one ?? []));
  return [
    [...names].join('\n'),
    statusMessage ?? '',
    ...(inputMessages?.map(messageText) ?? [plainText(input ?? null)]),
    ...(outputMessages?.map(messageText) ?? [plainText(output ?? null)]),
    ...toolDefinitions.map((tool) => `${tool.name}\n${tool.description ?? ''}`),
    ...events.map((event) => `${event.name}\n${plainText(event.attributes)}`),
  ].flatMap((text) => (text === '' ? [] : text.slice(0, textLimit)));
}

/** What a person reads of a message. */
export function messageText({ parts }: Message): string {
  return parts
    .map(partText)
    .filter((text) => text !== '')
    .join('\n');
}

function partText(part: Part): string {
  switch (part.type) {
    case 'text':
      return part.text;
    case 'reasoning':
      return part.text ?? '';
    case 'toolCall':
      return `${part.name}\n${plainText(part.arguments)}`;
    case 'toolResult':
      return plainText(part.result);
    case 'media':
      return part.url ?? '';
    case 'raw':
      return plainText(part.value);
  }
}

/** A JSON value as lines: its members with their names, its strings as they are. */
export function plainText(json: Json, depth = 0): string {
  if (json === null || depth > depthLimit) return '';
  if (typeof json !== 'object') return String(json);
  const lines = isRecord(json)
    ? Object.entries(json as Readonly<Record<string, Json>>).map(
        ([key, value]) => `${key}: ${plainText(value, depth + 1)}`,
      )
    : json.map((value) => plainText(value, depth + 1));
  return lines.join('\n');
}

/** Longer values of attributes are not compared, in UTF-16 units. */
export const scalarLimit = 200;
const elementLimit = 50;

/**
 * What a comparison with an attribute looks at: the scalar, or each scalar of a list. Empty
 * for texts that are too long and for what is not there.
 */
export function scalarsOf(value: Json | undefined): readonly (string | number)[] {
  if (Array.isArray(value)) {
    return (value as readonly Json[]).slice(0, elementLimit).flatMap(scalarOf);
  }
  return scalarOf(value);
}

function scalarOf(value: Json | undefined): readonly (string | number)[] {
  if (typeof value === 'number') return [value];
  if (typeof value === 'boolean') return [String(value)];
  return typeof value === 'string' && value.length <= scalarLimit ? [value] : [];
}
