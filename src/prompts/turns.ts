import type { Message, Part, Role } from '../model/observation';
import { isRecord, type Json } from '../model/value';

/**
 * The turns of a conversation beside a prompt, in `<name>.messages.json`: what dotprompt has no
 * form for, tool calls and their results above all, in the message shape of observations.
 */
export interface Turns {
  readonly messages: readonly Message[];
  /** What is wrong with the file, a sentence each; the messages that are right are still there. */
  readonly problems: readonly string[];
}

/** Reads `{"version": 1, "messages": [...]}`, or a bare list. Never throws. */
export function parseTurns(text: string): Turns {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { messages: [], problems: [`The messages are not JSON: ${reason}`] };
  }
  const listed = isRecord(value) ? value.messages : value;
  if (!Array.isArray(listed)) {
    return { messages: [], problems: ['The file holds no list of messages.'] };
  }
  return turnsOf(listed as Json[]);
}

/** Checks messages that are JSON already, those of a kept version for instance. */
export function turnsOf(listed: readonly Json[]): Turns {
  const problems: string[] = [];
  const messages = listed.flatMap((entry, index): Message[] => {
    const message = messageOf(entry);
    if (typeof message !== 'string') return [message];
    problems.push(`messages[${index}] ${message}`);
    return [];
  });
  return { messages, problems };
}

/** The text of a file of turns. */
export function formatTurns(messages: readonly Message[]): string {
  return `${JSON.stringify({ version: 1, messages }, undefined, 2)}\n`;
}

const roles: readonly string[] = ['system', 'user', 'assistant', 'tool'] satisfies Role[];

/** The message, or what is wrong with it. */
function messageOf(entry: Json): Message | string {
  if (!isRecord(entry)) return 'is not an object.';
  const { role, name, parts } = entry as Record<string, Json | undefined>;
  if (typeof role !== 'string' || !roles.includes(role)) return 'has no role of the four.';
  if (!Array.isArray(parts)) return 'has no list of parts.';
  return {
    role: role as Role,
    ...(typeof name === 'string' && { name }),
    parts: (parts as Json[]).map(partOf),
  };
}

/** A part that has what its type needs; anything else stays as it came. */
function partOf(value: Json): Part {
  const part = isRecord(value) ? (value as Record<string, Json>) : {};
  const has = (...names: string[]) => names.every((name) => typeof part[name] === 'string');
  const complete: Record<string, boolean> = {
    text: has('text'),
    reasoning: part.text === undefined || has('text'),
    toolCall: has('id', 'name') && part.arguments !== undefined,
    toolResult: has('id') && part.result !== undefined,
    media: has('mime'),
    raw: part.value !== undefined,
  };
  const known = typeof part.type === 'string' && Object.hasOwn(complete, part.type);
  return known && complete[part.type as string]
    ? (part as unknown as Part)
    : { type: 'raw', value };
}
