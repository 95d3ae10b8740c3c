import type { Message, Part, Role } from '../../src/model/observation';

/**
 * A conversation as people read it: every tool call stands with its result, and messages that
 * held nothing but results of calls shown above disappear.
 */

type ToolCall = Extract<Part, { type: 'toolCall' }>;
export type ToolResult = Extract<Part, { type: 'toolResult' }>;

export type Block =
  | { readonly type: 'part'; readonly part: Exclude<Part, ToolCall> }
  | { readonly type: 'call'; readonly call: ToolCall; readonly result: ToolResult | undefined };

export interface Turn {
  readonly role: Role;
  readonly name?: string;
  /** True for what this call answered, false for what it was given. */
  readonly answer: boolean;
  readonly blocks: readonly Block[];
}

/** Joins what a call was given and what it answered into turns. */
export function joinMessages(
  input: readonly Message[],
  output: readonly Message[],
): readonly Turn[] {
  const messages = [
    ...input.map((message) => ({ message, answer: false })),
    ...output.map((message) => ({ message, answer: true })),
  ];
  const results = resultsById(messages.map(({ message }) => message));
  const taken = new Set<ToolResult>();
  const turns = messages.map(({ message, answer }) => {
    const blocks = message.parts.map((part) => toBlock(part, results, taken));
    return { role: message.role, name: message.name, answer, blocks };
  });
  return turns.flatMap((turn) => withoutTaken(turn, taken));
}

/** Several results may carry one id, in the order of their calls. */
function resultsById(messages: readonly Message[]): Map<string, ToolResult[]> {
  const results = new Map<string, ToolResult[]>();
  for (const part of messages.flatMap((message) => message.parts)) {
    if (part.type !== 'toolResult' || part.id === '') continue;
    if (!results.get(part.id)?.push(part)) results.set(part.id, [part]);
  }
  return results;
}

function toBlock(
  part: Part,
  results: ReadonlyMap<string, ToolResult[]>,
  taken: Set<ToolResult>,
): Block {
  if (part.type !== 'toolCall') return { type: 'part', part };
  const result = results.get(part.id)?.shift();
  if (result) taken.add(result);
  return { type: 'call', call: part, result };
}

function withoutTaken(turn: Turn, taken: ReadonlySet<ToolResult>): Turn[] {
  const blocks = turn.blocks.filter(
    (block) => block.type === 'call' || block.part.type !== 'toolResult' || !taken.has(block.part),
  );
  return blocks.length === 0 && turn.blocks.length > 0 ? [] : [{ ...turn, blocks }];
}

/** The characters of a turn, for its size. */
export function sizeOfBlock(block: Block): number {
  if (block.type === 'call') {
    return jsonSize(block.call.arguments) + (block.result ? jsonSize(block.result.result) : 0);
  }
  const { part } = block;
  switch (part.type) {
    case 'text':
      return part.text.length;
    case 'reasoning':
      return part.text?.length ?? 0;
    case 'toolResult':
      return jsonSize(part.result);
    case 'media':
      return part.data?.length ?? 0;
    case 'raw':
      return jsonSize(part.value);
  }
}

function jsonSize(value: unknown): number {
  return typeof value === 'string' ? value.length : JSON.stringify(value).length;
}
