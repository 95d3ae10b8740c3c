import { agentScopes } from './agentScopes';
import { align } from './align';
import { compareRows } from './compareRows';
import { messageText, plainText } from './content';
import type { Message, Observation, ObservationSummary, Role, ToolDefinition } from './observation';

/** What a model call saw, compared with the call of the same agent before it. */

export type ContextSource = 'system' | 'user' | 'assistant' | 'toolResults' | 'toolDefinitions';

export type ContextChange = 'kept' | 'added' | 'dropped' | 'rewritten';

export interface ContextMessage {
  readonly change: ContextChange;
  readonly role: Role;
  /** Its place in the input of this call; absent where it was dropped. */
  readonly index?: number;
  /** Its place in the input of the call before; absent where it was added. */
  readonly previousIndex?: number;
}

export interface ContextShare {
  readonly source: ContextSource;
  readonly characters: number;
  /** Of all characters, from 0 to 1. */
  readonly share: number;
  /** The call's input tokens, divided by share: an estimate. Absent where they are not known. */
  readonly tokens?: number;
}

export interface ContextDifference {
  /** The call compared with; absent for the first of its agent. */
  readonly previousSpanId?: string;
  readonly messages: readonly ContextMessage[];
  readonly tools: { readonly added: readonly string[]; readonly dropped: readonly string[] };
  readonly shares: readonly ContextShare[];
  readonly inputTokens?: number;
  readonly cacheReadTokens?: number;
  /** Tokens the model takes, if known. */
  readonly contextLimit?: number;
}

/** The call that came before this one in the same run of its agent, else in an earlier run of it. */
export function previousCall(
  rows: readonly ObservationSummary[],
  spanId: string,
): ObservationSummary | undefined {
  const own = rows.find((row) => row.spanId === spanId);
  if (!own) return undefined;
  const scopes = agentScopes(rows);
  const names = new Map(rows.map((row) => [row.spanId, row.name]));
  const scopeOf = (row: ObservationSummary) => scopes.get(row.spanId) ?? '';
  const before = rows
    .filter((row) => row.kind === 'generation' && compareRows(row, own) < 0)
    .sort(compareRows);
  return (
    before.findLast((row) => scopeOf(row) === scopeOf(own)) ??
    before.findLast((row) => names.get(scopeOf(row)) === names.get(scopeOf(own)))
  );
}

export function contextDifference(
  call: Observation,
  previous: Observation | undefined,
  contextLimit: number | undefined,
): ContextDifference {
  const { input: inputTokens, cacheRead: cacheReadTokens } = call.usage ?? {};
  return {
    ...(previous && { previousSpanId: previous.spanId }),
    messages: changesOf(previous?.inputMessages ?? [], call.inputMessages ?? []),
    tools: toolChanges(previous?.toolDefinitions ?? [], call.toolDefinitions ?? []),
    shares: sharesOf(call, inputTokens),
    ...(inputTokens !== undefined && { inputTokens }),
    ...(cacheReadTokens !== undefined && { cacheReadTokens }),
    ...(contextLimit !== undefined && { contextLimit }),
  };
}

interface Indexed {
  readonly message: Message;
  readonly index: number;
}

function changesOf(
  before: readonly Message[],
  after: readonly Message[],
): readonly ContextMessage[] {
  const indexed = (message: Message, index: number): Indexed => ({ message, index });
  const pairs = align(before.map(indexed), after.map(indexed), ({ message }) =>
    JSON.stringify([message.role, message.name, message.parts]),
  );
  const changes = pairs.map(({ left, right }): ContextMessage => {
    const role = (right ?? left)?.message.role ?? 'user';
    if (left && right) {
      return { change: 'kept', role, index: right.index, previousIndex: left.index };
    }
    return right
      ? { change: 'added', role, index: right.index }
      : { change: 'dropped', role, previousIndex: left?.index ?? 0 };
  });
  return withRewritten(changes);
}

/** Between two kept messages, one dropped and one added of the same role are one, rewritten. */
function withRewritten(changes: readonly ContextMessage[]): readonly ContextMessage[] {
  const result: ContextMessage[] = [];
  let dropped: ContextMessage[] = [];
  const giveUp = () => {
    result.push(...dropped);
    dropped = [];
  };
  for (const change of changes) {
    if (change.change === 'dropped') {
      dropped.push(change);
      continue;
    }
    const at =
      change.change === 'added' ? dropped.findIndex(({ role }) => role === change.role) : -1;
    if (at < 0) {
      if (change.change === 'kept') giveUp();
      result.push(change);
      continue;
    }
    result.push(...dropped.splice(0, at));
    const [old] = dropped.splice(0, 1);
    result.push({ ...change, change: 'rewritten', previousIndex: old?.previousIndex ?? 0 });
  }
  giveUp();
  return result;
}

function toolChanges(
  before: readonly ToolDefinition[],
  after: readonly ToolDefinition[],
): ContextDifference['tools'] {
  const [old, current] = [before, after].map((tools) => new Set(tools.map(({ name }) => name)));
  return {
    added: [...(current ?? [])].filter((name) => !old?.has(name)),
    dropped: [...(old ?? [])].filter((name) => !current?.has(name)),
  };
}

const sourceOfRole: Readonly<Record<Role, ContextSource>> = {
  system: 'system',
  user: 'user',
  assistant: 'assistant',
  tool: 'toolResults',
};

/** Largest first; sources without any character are left out. */
function sharesOf(call: Observation, inputTokens: number | undefined): readonly ContextShare[] {
  const characters = new Map<ContextSource, number>();
  const add = (source: ContextSource, text: string) =>
    characters.set(source, (characters.get(source) ?? 0) + text.length);
  for (const message of call.inputMessages ?? []) {
    add(sourceOfRole[message.role], messageText(message));
  }
  for (const { name, description = '', parameters = null } of call.toolDefinitions ?? []) {
    add('toolDefinitions', `${name}${description}${plainText(parameters)}`);
  }
  const all = [...characters.values()].reduce((sum, one) => sum + one, 0);
  return [...characters]
    .filter(([, length]) => length > 0)
    .map(([source, length]) => ({
      ...{ source, characters: length, share: length / all },
      ...(inputTokens !== undefined && { tokens: Math.round((inputTokens * length) / all) }),
    }))
    .sort((a, b) => b.characters - a.characters);
}
