import type { Score } from '../model/observation';
import type { Attributes, LogRecord, Span, SpanEvent } from '../model/span';
import { isRecord, type Json, type Value } from '../model/value';
import type { Content } from './dialect';
import { decodeJson, member, toJson } from './json';
import { messagesOf, answerOf, toolDefinitionsOf, withSystem } from './messages';
import { asJson, compact, numberAt, textAt } from './reader';

/**
 * GenAI content that travels beside the span, as its events or as log records: single messages
 * and choices (conventions 1.28 to 1.36), one record with all of it (1.37 and later), or the
 * prompt and completion events before.
 */

export type GenAiEvent = SpanEvent | LogRecord;

function nameOf(event: GenAiEvent): string {
  return 'eventName' in event ? event.eventName : event.name;
}

/** True for the events and log records that this reader understands. */
export function isGenAiEvent(event: GenAiEvent): boolean {
  return nameOf(event).startsWith('gen_ai.');
}

/** The body of a log record, or the attributes of a span event, as one object. */
function bodyOf(event: GenAiEvent): Readonly<Record<string, Json>> {
  const body = 'body' in event && event.body !== undefined ? decodeJson(event.body) : undefined;
  if (isRecord(body)) return body;
  const fields: Record<string, Json> = Object.create(null) as Record<string, Json>;
  for (const key of event.attributes.keys()) {
    const value: Value | undefined = event.attributes.get(key);
    if (value !== undefined) fields[key] = structured.has(key) ? decodeJson(value) : toJson(value);
  }
  return fields;
}

/** Fields that are JSON text where events cannot hold objects. */
const structured = new Set(['content', 'tool_calls', 'message', 'parts']);

/** Input and output of a call as its events tell them, in order of time. */
export function eventContent(events: readonly GenAiEvent[]): Content {
  const details = events.filter(
    (event) => nameOf(event) === 'gen_ai.client.inference.operation.details',
  );
  if (details.length > 0) return detailsContent(details.map((event) => event.attributes));
  const prompts = contentEvents(events, 'gen_ai.content.prompt', 'gen_ai.prompt');
  const completions = contentEvents(events, 'gen_ai.content.completion', 'gen_ai.completion');
  const singles = singleMessages(events);
  const input = singles.input.length > 0 ? singles.input : prompts;
  const output = singles.output.length > 0 ? singles.output : completions;
  return chatContent(input, output);
}

function chatContent(input: readonly Json[], output: readonly Json[]): Content {
  const inputMessages = input.length > 0 ? messagesOf(input, 'user') : undefined;
  const outputMessages = output.length > 0 ? messagesOf(output, 'assistant') : undefined;
  return {
    input: input.length > 0 ? input : undefined,
    output: answerOf(outputMessages, output.length > 0 ? output : undefined),
    inputMessages,
    outputMessages,
  };
}

function detailsContent(all: readonly Attributes[]): Content {
  const find = (key: string): Json | undefined => {
    for (const attributes of all) {
      const found = asJson(attributes.get(key));
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const input = find('gen_ai.input.messages');
  const output = find('gen_ai.output.messages');
  const outputMessages = messagesOf(output, 'assistant');
  return {
    input,
    output: answerOf(outputMessages, output),
    inputMessages: withSystem(messagesOf(input, 'user'), find('gen_ai.system_instructions')),
    outputMessages,
    toolDefinitions: toolDefinitionsOf(find('gen_ai.tool.definitions')),
  };
}

function contentEvents(events: readonly GenAiEvent[], name: string, key: string): readonly Json[] {
  return events
    .filter((event) => nameOf(event) === name)
    .flatMap((event) => {
      const told = 'body' in event ? messageIn(bodyOf(event)) : undefined;
      if (told !== undefined) return [told];
      const json = asJson(event.attributes.get(key));
      return json === undefined ? [] : Array.isArray(json) ? (json as readonly Json[]) : [json];
    });
}

/** Records may hold a whole message or choice, where their attribute has only its text. */
function messageIn(body: Readonly<Record<string, Json>>): Json | undefined {
  if (body.message !== undefined) return choiceBody(body);
  const { role } = body;
  return typeof role === 'string' ? messageBody(body, role) : undefined;
}

function singleMessages(events: readonly GenAiEvent[]): {
  readonly input: readonly Json[];
  readonly output: readonly Json[];
} {
  const input: Json[] = [];
  const output: Json[] = [];
  for (const event of [...events].sort((a, b) => a.time - b.time)) {
    const name = nameOf(event);
    const role = /^gen_ai\.(system|user|assistant|tool)\.message$/.exec(name)?.[1];
    if (role !== undefined) input.push(messageBody(bodyOf(event), role));
    else if (name === 'gen_ai.choice') output.push(choiceBody(bodyOf(event)));
  }
  return { input, output };
}

/** The event's name says the role; a body that says another is more exact. */
function messageBody(body: Readonly<Record<string, Json>>, role: string): Json {
  const content = member(body.content, 'parts') ?? body.content ?? null;
  return {
    ...pick(body, ['name', 'tool_calls', 'id', 'tool_call_id', 'parts']),
    role: body.role ?? member(body.content, 'role') ?? role,
    content,
  };
}

/** Calls stand inside the message in libraries and beside it in the conventions. */
function choiceBody(body: Readonly<Record<string, Json>>): Json {
  const { message } = body;
  const inner = isRecord(message)
    ? (message as Readonly<Record<string, Json>>)
    : { content: message ?? body.content ?? null };
  const beside = pick(body, ['tool_calls', 'finish_reason']);
  return { ...beside, ...inner, role: inner.role ?? 'assistant' };
}

function pick(
  body: Readonly<Record<string, Json>>,
  keys: readonly string[],
): Readonly<Record<string, Json>> {
  return Object.fromEntries(
    keys.flatMap((key) => (body[key] === undefined ? [] : [[key, body[key]]])),
  );
}

/** Evaluation results on the span itself, its events and its logs. */
export function scoresOf(span: Span, events: readonly GenAiEvent[]): readonly Score[] | undefined {
  const holders = events
    .filter((event) => nameOf(event) === 'gen_ai.evaluation.result')
    .map((event) => event.attributes);
  const scores = [span.attributes, ...holders].flatMap((attributes) => score(attributes) ?? []);
  return scores.length > 0 ? unique(scores) : undefined;
}

function score(attributes: Attributes): Score | undefined {
  const name = textAt(attributes, 'gen_ai.evaluation.name');
  if (name === undefined) return undefined;
  return compact<Score>({
    name,
    value: numberAt(attributes, 'gen_ai.evaluation.score.value'),
    label: textAt(attributes, 'gen_ai.evaluation.score.label'),
    comment: textAt(attributes, 'gen_ai.evaluation.explanation'),
    source: 'otlp',
  });
}

function unique(scores: readonly Score[]): readonly Score[] {
  return [...new Map(scores.map((item) => [JSON.stringify(item), item])).values()];
}

/** The messages of Logfire's and Pydantic AI's `events` attribute, split at the answer. */
export function splitEvents(events: readonly Json[]): Content {
  const spoken = events.filter((event) => member(event, 'event.name') !== 'gen_ai.choice');
  const choices = events.filter((event) => member(event, 'event.name') === 'gen_ai.choice');
  const end = choices.length > 0 ? spoken.length : answerStart(spoken);
  const asMessage = (event: Json): Json => {
    const data = member(event, 'data');
    return isRecord(data) ? data : event;
  };
  const input = spoken.slice(0, end).map(asMessage);
  const output = [...spoken.slice(end).map(asMessage), ...choices];
  const outputMessages = messagesOf(output, 'assistant');
  return {
    input: input.length > 0 ? input : undefined,
    output: answerOf(outputMessages, output.length > 0 ? output : undefined),
    inputMessages: messagesOf(input),
    outputMessages,
  };
}

/** Where the trailing assistant events begin. */
function answerStart(events: readonly Json[]): number {
  let start = events.length;
  while (start > 0 && member(events[start - 1], 'role') === 'assistant') start--;
  return start;
}
