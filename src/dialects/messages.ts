import type { Message, Part, Role, ToolDefinition } from '../model/observation';
import type { Json } from '../model/value';
import { listOf, member, parseWhole, recordOf } from './json';
import { argumentsOf, partsOf, resultOf } from './parts';
import { asText } from './reader';

/**
 * Conversations in any provider's shape as messages of ours. Items of the Responses API (calls,
 * their outputs, reasoning) become messages too, those of one assistant turn one message, and
 * tool results stand under the role `tool` wherever they were sent.
 */

type Fields = Readonly<Record<string, Json>>;

const roles: Readonly<Record<string, Role>> = {
  system: 'system',
  developer: 'system',
  user: 'user',
  human: 'user',
  assistant: 'assistant',
  ai: 'assistant',
  model: 'assistant',
  bot: 'assistant',
  tool: 'tool',
  function: 'tool',
};

/** Our role for a sender's, or undefined where it is none we know. */
export function roleOf(role: Json | undefined): Role | undefined {
  const lower = typeof role === 'string' ? role.toLowerCase() : '';
  if (Object.hasOwn(roles, lower)) return roles[lower];
  const lang = /^(system|human|user|ai|assistant|tool|function)message(?:chunk)?$/.exec(lower);
  return lang?.[1] === undefined ? undefined : roles[lang[1]];
}

/**
 * Messages where the value is a conversation: a list of messages, one message, or an object that
 * holds them. A bare text is a message of `speaker` when one is given. Undefined otherwise.
 */
export function messagesOf(
  value: Json | undefined,
  speaker?: Role,
): readonly Message[] | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'string') {
    return speaker ? [{ role: speaker, parts: [{ type: 'text', text: value }] }] : undefined;
  }
  const list = listOf(value) ?? (recordOf(value) ? [value] : undefined);
  const read = list?.map((item) => readItem(item, speaker));
  if (!read || read.length === 0 || read.some((item) => item === undefined)) return undefined;
  return joinTurns(read.flatMap((item) => item ?? []));
}

/** A message, and whether it was an item of a turn rather than a whole one. */
interface Turn {
  readonly message: Message;
  readonly item: boolean;
}

function readItem(item: Json, speaker: Role | undefined): readonly Turn[] | undefined {
  const nested = listOf(item);
  if (nested) {
    const inner = nested.map((one) => readItem(one, speaker));
    return inner.some((one) => one === undefined) ? undefined : inner.flatMap((one) => one ?? []);
  }
  const encoded = typeof item === 'string' ? parseWhole(item) : undefined;
  if (roleOf(member(encoded, 'role'))) return readItem(encoded ?? null, speaker);
  if (typeof item === 'string' && speaker) {
    return [{ message: { role: speaker, parts: partsOf(item) }, item: true }];
  }
  const fields = recordOf(item);
  if (!fields) return undefined;
  const wrapped = recordOf(fields.message) ?? langchainMessage(fields);
  if (wrapped) return readItem(wrapped, speaker);
  const role = roleOf(fields.role) ?? roleOf(fields.type) ?? roleOf(eventRole(fields));
  if (role) return splitResults(role, fields).map((message) => ({ message, item: false }));
  if (fields.role !== undefined && ('content' in fields || 'parts' in fields)) {
    const name = asText(fields.role);
    return [{ message: { role: 'user', name, parts: bodyParts(fields) }, item: false }];
  }
  return turnItem(fields, speaker);
}

/** Logfire's and OpenTelemetry's events name the role in the event's name. */
function eventRole(fields: Fields): string | undefined {
  const match = /^gen_ai\.(\w+)\.message$/.exec(asText(fields['event.name']) ?? '');
  return match?.[1];
}

/** LangChain serialises a message as a constructor call. */
function langchainMessage(fields: Fields): Fields | undefined {
  const kwargs = recordOf(fields.kwargs);
  const id = listOf(fields.id);
  const kind = id?.[id.length - 1];
  if (fields.lc === undefined || !kwargs || typeof kind !== 'string') return undefined;
  return roleOf(kind) ? { ...kwargs, role: kind } : undefined;
}

/** An item of a turn in the Responses API, or a bare part. */
function turnItem(fields: Fields, speaker: Role | undefined): readonly Turn[] | undefined {
  const parts = partsOf(fields);
  const [first] = parts;
  if (!first) return [];
  if (first.type === 'raw') {
    // An item with a type that we do not know is still an item of this conversation.
    const known = typeof fields.type === 'string' && ('id' in fields || 'call_id' in fields);
    return known ? [{ message: { role: speaker ?? 'assistant', parts }, item: true }] : undefined;
  }
  const role =
    first.type === 'toolResult'
      ? 'tool'
      : first.type === 'toolCall' || first.type === 'reasoning'
        ? 'assistant'
        : speaker;
  return role ? [{ message: { role, parts }, item: true }] : undefined;
}

function splitResults(role: Role, fields: Fields): readonly Message[] {
  const name = asText(fields.name);
  const named = name === undefined ? {} : { name };
  const parts = bodyParts(fields);
  if (role === 'tool') {
    const results = parts.filter((part) => part.type === 'toolResult');
    if (results.length > 0) return [{ role, parts }];
    return [{ role, ...named, parts: [toolMessageResult(fields)] }];
  }
  const results = parts.filter((part) => part.type === 'toolResult');
  const others = parts.filter((part) => part.type !== 'toolResult');
  if (results.length === 0 || role === 'assistant') return [{ role, ...named, parts }];
  const tool: Message = { role: 'tool', parts: results };
  return others.length > 0 ? [tool, { role, ...named, parts: others }] : [tool];
}

/** A tool message whose content is the bare result. */
function toolMessageResult(fields: Fields): Part {
  const name = asText(fields.name);
  const id = asText(fields.tool_call_id) ?? asText(fields.toolCallId) ?? asText(fields.id) ?? '';
  const isError = fields.status === 'error' ? { isError: true } : {};
  return {
    type: 'toolResult',
    id,
    ...(name === undefined ? {} : { name }),
    result: resultOf(fields.content ?? fields.parts ?? null),
    ...isError,
  };
}

function bodyParts(fields: Fields): readonly Part[] {
  const reasoning = asText(fields.reasoning_content ?? fields.reasoning);
  const parts: Part[] = reasoning === undefined ? [] : [{ type: 'reasoning', text: reasoning }];
  parts.push(...partsOf(fields.parts ?? fields.contents ?? fields.content));
  const refusal = asText(fields.refusal);
  if (refusal !== undefined) parts.push({ type: 'text', text: refusal });
  for (const call of toolCallsOf(fields)) if (!hasCall(parts, call)) parts.push(call);
  return parts;
}

/** Calls stand beside the content, and some senders put them into both. */
function hasCall(parts: readonly Part[], call: Part): boolean {
  return (
    call.type === 'toolCall' &&
    call.id !== '' &&
    parts.some((part) => part.type === 'toolCall' && part.id === call.id)
  );
}

function toolCallsOf(fields: Fields): readonly Part[] {
  const listed = listOf(fields.tool_calls) ?? listOf(fields.toolCalls) ?? [];
  const calls = listed.flatMap((call): readonly Part[] => {
    const known = recordOf(call);
    return known ? partsOf({ ...known, type: 'tool_call' }) : [];
  });
  const legacy = recordOf(fields.function_call);
  if (!legacy) return calls;
  const name = asText(legacy.name) ?? '';
  return [...calls, { type: 'toolCall', id: '', name, arguments: argumentsOf(legacy.arguments) }];
}

/** Items of one assistant turn (reasoning, text, calls) as one message. */
function joinTurns(turns: readonly Turn[]): readonly Message[] {
  const joined: { message: Message; item: boolean }[] = [];
  for (const turn of turns) {
    const last = joined[joined.length - 1];
    const sameTurn =
      last?.message.role === turn.message.role &&
      turn.message.role !== 'tool' &&
      (last.item || turn.item);
    if (sameTurn) {
      last.message = { ...last.message, parts: [...last.message.parts, ...turn.message.parts] };
      last.item ||= turn.item;
    } else joined.push({ ...turn });
  }
  return joined.map(({ message }) => message);
}

/** A system message in front, unless the conversation has one already. */
export function withSystem(
  messages: readonly Message[] | undefined,
  instructions: Json | undefined,
): readonly Message[] | undefined {
  const parts = partsOf(instructions);
  if (parts.length === 0 || messages?.some((message) => message.role === 'system')) return messages;
  return [{ role: 'system', parts }, ...(messages ?? [])];
}

/** The text of a message that is nothing but text, or undefined. */
function plainText(messages: readonly Message[] | undefined): string | undefined {
  const [only, second] = messages ?? [];
  if (!only || second || only.parts.length === 0) return undefined;
  const texts = only.parts.filter((part) => part.type !== 'reasoning');
  if (texts.length === 0 || texts.some((part) => part.type !== 'text')) return undefined;
  return texts.map((part) => (part.type === 'text' ? part.text : '')).join('');
}

/**
 * What a model answered, for reading: its text, a structured answer as the JSON that it is, and
 * the messages as sent where there is more than text.
 */
export function answerOf(
  messages: readonly Message[] | undefined,
  sent: Json | undefined,
): Json | undefined {
  const text = plainText(messages);
  return text === undefined ? sent : (parseWhole(text) ?? text);
}

/** The text of the last message, whatever else it holds. */
export function lastSaid(messages: readonly Message[] | undefined): Json | undefined {
  const parts = messages?.at(-1)?.parts ?? [];
  const texts = parts.flatMap((part) => (part.type === 'text' ? part.text : []));
  return texts.length > 0 ? texts.join('\n') : undefined;
}

/** Tool definitions in OpenAI's, Anthropic's, Gemini's or Vercel's form. */
export function toolDefinitionsOf(value: Json | undefined): readonly ToolDefinition[] | undefined {
  const tools = (listOf(value) ?? []).flatMap((tool) => {
    const declared = listOf(member(tool, 'function_declarations'));
    return declared ? declared.flatMap(toolDefinition) : toolDefinition(tool);
  });
  return tools.length > 0 ? tools : undefined;
}

function toolDefinition(raw: Json): readonly ToolDefinition[] {
  if (typeof raw === 'string') return raw === '' ? [] : [{ name: raw }];
  const inner = recordOf(member(raw, 'function')) ?? recordOf(raw);
  const name = asText(inner?.name) ?? asText(member(raw, 'type'));
  if (!inner || name === undefined) return [];
  const description = asText(inner.description);
  const parameters =
    inner.parameters ??
    inner.parameters_json_schema ??
    inner.input_schema ??
    inner.inputSchema ??
    undefined;
  return [
    {
      name,
      ...(description === undefined ? {} : { description }),
      ...(parameters === undefined ? {} : { parameters: argumentsOf(parameters) }),
      raw,
    },
  ];
}
