import type * as Crypto from 'node:crypto';
import { createRequire } from 'node:module';

/**
 * An id of `length` hex characters for an id of the Agents SDK: its own hex digits where it has
 * enough of them (`trace_` + 32, `span_` + 24 cut to 16), a hash for ids the user made up.
 */
export function idOf(id: string, length: 16 | 32): string {
  const digits = id.slice(id.indexOf('_') + 1).replace(/-/g, '');
  if (digits.length >= length && /^[0-9a-f]+$/.test(digits)) return digits.slice(0, length);
  // Asked for only now: the module takes 4 ms to load.
  const { createHash } = createRequire(__filename)('node:crypto') as typeof Crypto;
  return createHash('sha256').update(id).digest('hex').slice(0, length);
}
