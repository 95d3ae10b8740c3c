import type { Attributes } from '../model/span';
import { textAt } from './reader';

/**
 * Who a span belongs to, by the names that people give such things in metadata. No convention
 * fixes them, so they count only inside a dialect's own prefix.
 */

const sessionNames = [
  ...['session_id', 'sessionId', 'thread_id', 'threadId', 'conversation_id', 'conversationId'],
  ...['chat_id', 'langfuse_session_id'],
];
const userNames = ['user_id', 'userId', 'langfuse_user_id'];

export interface Identity {
  readonly sessionId?: string;
  readonly userId?: string;
}

/** Reads session and user from metadata attributes below each of the prefixes. */
export function identityReader(...prefixes: readonly string[]): (from: Attributes) => Identity {
  const keysOf = (names: readonly string[]) =>
    prefixes.flatMap((prefix) => names.map((name) => prefix + name));
  const sessionKeys = keysOf(sessionNames);
  const userKeys = keysOf(userNames);
  return (attributes) => ({
    sessionId: textAt(attributes, ...sessionKeys),
    userId: textAt(attributes, ...userKeys),
  });
}
