import { internedText } from '../base/wire';

/** The number of each attribute by its key; of a key sent twice, the last one holds. */
export type KeyIndex = ReadonlyMap<string, number>;

/**
 * Spans of one kind have the same keys in the same order, so that their index need be made only
 * once. A list of keys is found again by a hash of a few of its bytes, then compared in full.
 */
interface KnownKeys {
  readonly bytes: Uint8Array;
  /** Where each key ends in `bytes`. */
  readonly ends: Uint32Array;
  readonly index: KeyIndex;
}

const slots = 256;
const longestKnown = 4096;
const known = new Array<KnownKeys | undefined>(slots).fill(undefined);

/** `ranges` has four numbers an attribute: where its key begins and ends come first. */
export function keyIndexOf(buffer: Buffer, ranges: readonly number[]): KeyIndex {
  let hash = ranges.length;
  let length = 0;
  for (let at = 0; at < ranges.length; at += 4) {
    const start = ranges[at] ?? 0;
    const end = ranges[at + 1] ?? 0;
    length += end - start;
    const middle = buffer[(start + end) >> 1] ?? 0;
    hash =
      (Math.imul(hash, 31) + (end - start) * 65599 + middle * 257 + (buffer[end - 1] ?? 0)) | 0;
  }
  if (length > longestKnown) return buildIndex(buffer, ranges);
  const slot = (hash ^ (hash >>> 8) ^ (hash >>> 16)) & (slots - 1);
  const candidate = known[slot];
  if (candidate && hasKeys(candidate, buffer, ranges)) return candidate.index;
  const index = buildIndex(buffer, ranges);
  known[slot] = { ...copyKeys(buffer, ranges, length), index };
  return index;
}

/** An index that is the caller's own. */
export function buildIndex(buffer: Buffer, ranges: readonly number[]): Map<string, number> {
  const index = new Map<string, number>();
  for (let at = 0; at < ranges.length; at += 4) {
    index.set(internedText(buffer, ranges[at] ?? 0, ranges[at + 1] ?? 0), at / 4);
  }
  return index;
}

function hasKeys({ bytes, ends }: KnownKeys, buffer: Buffer, ranges: readonly number[]): boolean {
  if (ends.length * 4 !== ranges.length) return false;
  let from = 0;
  for (let i = 0; i < ends.length; i++) {
    const start = ranges[i * 4] ?? 0;
    const length = (ranges[i * 4 + 1] ?? 0) - start;
    if ((ends[i] ?? 0) - from !== length) return false;
    for (let k = 0; k < length; k++) if (buffer[start + k] !== bytes[from + k]) return false;
    from += length;
  }
  return true;
}

function copyKeys(
  buffer: Buffer,
  ranges: readonly number[],
  length: number,
): Pick<KnownKeys, 'bytes' | 'ends'> {
  const bytes = new Uint8Array(length);
  const ends = new Uint32Array(ranges.length / 4);
  let to = 0;
  for (let i = 0; i < ends.length; i++) {
    const key = buffer.subarray(ranges[i * 4], ranges[i * 4 + 1]);
    bytes.set(key, to);
    ends[i] = to += key.length;
  }
  return { bytes, ends };
}
