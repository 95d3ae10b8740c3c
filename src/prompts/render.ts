import type { Message as DotpromptMessage, Part as DotpromptPart } from 'dotprompt';
import { toError } from '../base/errors';
import type { Message, Part, Role, ToolDefinition } from '../model/observation';
import { isRecord, type Json } from '../model/value';
import type { PromptFile } from './promptFile';
import { promptRoles, withoutLayout } from './template';

/** A prompt with its variables filled in: what a model is to be sent. */
export interface RenderedPrompt {
  readonly model?: string;
  readonly config: Readonly<Record<string, Json>>;
  readonly tools: readonly ToolDefinition[];
  /** JSON schema of the answer. */
  readonly outputSchema?: Json;
  readonly messages: readonly Message[];
}

export interface Rendering {
  readonly prompt: RenderedPrompt;
  /** A sentence each: variables without a value, a template that cannot be rendered. */
  readonly problems: readonly string[];
}

export interface RenderInput {
  readonly variables?: Readonly<Record<string, Json>>;
  /** The turns of a conversation; they stand where `{{history}}` does, else before the last user message. */
  readonly turns?: readonly Message[];
}

/**
 * Renders a prompt through `dotprompt`. Defaults are filled in, which the library leaves to its
 * caller. Values cannot begin messages: the marks by which the library cuts its output are kept
 * out of them and of the text of the template. Never rejects.
 */
export async function renderPrompt(file: PromptFile, input: RenderInput = {}): Promise<Rendering> {
  const values = withDefaults(file, input.variables ?? {});
  const problems = missingVariables(file, values);
  const wrong = file.problems.filter(({ severity }) => severity === 'error');
  problems.push(...wrong.map(({ message }) => message));
  let messages: readonly Message[] = [];
  try {
    messages = await renderMessages(file.template, values, input.turns ?? []);
  } catch (error) {
    const { message } = toError(error);
    if (wrong.length === 0) problems.push(`The template cannot be rendered: ${message}`);
  }
  const { model, config, tools } = file;
  const outputSchema = await jsonSchema(file.outputSchema, problems);
  return { prompt: { model, config, tools, outputSchema, messages }, problems };
}

function withDefaults(file: PromptFile, given: Readonly<Record<string, Json>>) {
  const defaults = file.variables.flatMap(({ name, default: value }) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return { ...Object.fromEntries(defaults), ...given };
}

function missingVariables(file: PromptFile, values: Readonly<Record<string, Json>>): string[] {
  const optional = file.variables.filter((one) => one.optional).map(({ name }) => name);
  const used = new Set(file.uses.map(({ name }) => name));
  return [...used]
    .filter((name) => !Object.hasOwn(values, name) && !optional.includes(name))
    .map((name) => `The variable '${name}' has no value.`);
}

async function renderMessages(
  template: string,
  values: Readonly<Record<string, Json>>,
  turns: readonly Message[],
): Promise<Message[]> {
  const { Dotprompt } = await import('dotprompt');
  const marks = new Marks(template, values);
  const rendered = await new Dotprompt().compile({ template: marks.hide(template) });
  const placeholders = turns.map((_, turn): DotpromptMessage => {
    return { role: 'user', content: [{ text: '' }], metadata: { turn } };
  });
  const { messages } = await rendered({
    input: marks.hideIn(values),
    messages: placeholders,
  });
  return messages.flatMap((message): Message[] => {
    const turn = turns[Number(message.metadata?.turn ?? -1)];
    return turn ? [turn] : messageOf(message, marks);
  });
}

function messageOf({ role, content }: DotpromptMessage, marks: Marks): Message[] {
  const parts = content.flatMap((part, index): Part[] => {
    const isEdge = { first: index === 0, last: index === content.length - 1 };
    return partOf(part, marks, isEdge);
  });
  const known: Role = promptRoles[role] ?? 'user';
  return parts.length === 0 ? [] : [{ role: known, parts }];
}

function partOf(
  part: DotpromptPart,
  marks: Marks,
  { first, last }: { readonly first: boolean; readonly last: boolean },
): Part[] {
  if (part.media) return [mediaOf(marks.show(part.media.url), part.media.contentType)];
  if (part.text === undefined) return [];
  let text = marks.show(part.text);
  if (first && last) text = withoutLayout(text);
  else if (first) text = text.replace(/^\r?\n/, '');
  else if (last) text = text.replace(/\r?\n$/, '');
  return text === '' ? [] : [{ type: 'text', text }];
}

function mediaOf(url: string, contentType: string | undefined): Part {
  const [, mime, data] = /^data:([^;,]*)(?:;[^;,]+)*;base64,(.*)$/s.exec(url) ?? [];
  if (data !== undefined)
    return { type: 'media', mime: contentType ?? (mime || 'image/png'), data };
  return { type: 'media', mime: contentType ?? mimeOfUrl(url), url };
}

function mimeOfUrl(url: string): string {
  const extension = /\.(\w+)(?:[?#]|$)/.exec(url)?.[1]?.toLowerCase();
  const types: Readonly<Record<string, string>> = {
    ...{ png: 'image/png', jpg: 'image/jpeg', jpeg: 'image/jpeg', gif: 'image/gif' },
    ...{ webp: 'image/webp', pdf: 'application/pdf', mp3: 'audio/mpeg', wav: 'audio/wav' },
  };
  return types[extension ?? ''] ?? 'image/*';
}

/**
 * dotprompt marks roles in its output as `<<<dotprompt:…>>>` and cuts there, wherever the mark
 * came from. Two letters that occur nowhere in template and values stand for `<` and `>` until
 * it has cut; as they do so on both sides, comparisons in the template still hold.
 */
class Marks {
  private readonly less: string;
  private readonly greater: string;

  constructor(template: string, values: Readonly<Record<string, Json>>) {
    const all = template + JSON.stringify(values);
    const free = unused(all);
    this.less = free.next().value ?? '';
    this.greater = free.next().value ?? '';
  }

  hide(text: string): string {
    // The template's own {{> and {{~> are syntax.
    return text
      .replaceAll('<', this.less)
      .replaceAll(/(\{\{\{?~?)?>/g, (found, open?: string) =>
        open === undefined ? this.greater : found,
      );
  }

  hideIn<T extends Json>(value: T): T;
  hideIn(value: Json): Json {
    if (typeof value === 'string') {
      return value.replaceAll('<', this.less).replaceAll('>', this.greater);
    }
    if (Array.isArray(value)) return (value as readonly Json[]).map((one) => this.hideIn(one));
    if (!isRecord(value)) return value;
    const entries = Object.entries(value as Record<string, Json>);
    return Object.fromEntries(entries.map(([key, one]) => [this.hideIn(key), this.hideIn(one)]));
  }

  show(text: string): string {
    return text.replaceAll(this.less, '<').replaceAll(this.greater, '>');
  }
}

/** Letters of the private use area that a text does not hold. */
function* unused(text: string): Generator<string, undefined> {
  for (let code = 0xe000; code <= 0xf8ff; code++) {
    const letter = String.fromCharCode(code);
    if (!text.includes(letter)) yield letter;
  }
  return undefined;
}

async function jsonSchema(schema: Json | undefined, problems: string[]): Promise<Json | undefined> {
  if (schema === undefined || schema === null) return undefined;
  const { picoschema } = await import('dotprompt');
  try {
    return JSON.parse(JSON.stringify(await picoschema(schema))) as Json;
  } catch (error) {
    problems.push(`The output schema cannot be read: ${toError(error).message}`);
    return undefined;
  }
}
