/**
 * The protobuf wire format, read without allocating. One reader walks a body, entering and
 * leaving messages by moving its limit:
 *
 *     while (reader.next()) {
 *       if (reader.tag === tagOf.bytes(2)) { ... reader.enter() ... reader.leave(outer) }
 *       else reader.skip();
 *     }
 *
 * Nothing here throws: bytes that are not protobuf set `failed`, after which `next` says no.
 */

/** The tag of a field in each wire type, as `WireReader.tag` gives it. */
export const tagOf = {
  varint: (field: number) => field << 3,
  fixed64: (field: number) => (field << 3) | 1,
  /** Strings, bytes and messages. */
  bytes: (field: number) => (field << 3) | 2,
  fixed32: (field: number) => (field << 3) | 5,
} as const;

export class WireReader {
  /** Field number and wire type of the field `next` stopped at. */
  tag = 0;
  failed = false;
  /** Where the bytes that `bytes` found begin and end. */
  start = 0;
  end = 0;

  constructor(
    readonly buffer: Buffer,
    public position = 0,
    private limit = buffer.length,
  ) {}

  /** Stops at the next field of the message; false at its end. */
  next(): boolean {
    if (this.failed || this.position >= this.limit) return false;
    this.tag = this.varint();
    if (this.tag >>> 3 === 0) this.fail();
    return !this.failed;
  }

  /** A tag, a length or an enum: beyond 32 bits only the low ones count, as in protobuf itself. */
  varint(): number {
    const first = this.byte();
    if (first < 0x80) return first;
    let value = first & 0x7f;
    for (let shift = 7; shift < 70; shift += 7) {
      const byte = this.byte();
      if (shift < 32) value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    return this.fail();
  }

  /** A signed 64-bit integer; a decimal string where a number would not be exact. */
  int64(): number | string {
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.byte();
      const bits = byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high = bits >>> 4;
      } else high |= bits << (shift - 32);
      if (byte < 0x80) return toInteger(low >>> 0, high | 0);
    }
    return this.fail();
  }

  /** Nanoseconds since 1970 as whole microseconds, exact where a number can be. */
  microseconds(): number {
    const position = this.advance(8);
    if (this.failed) return 0;
    const low = this.buffer.readUInt32LE(position);
    const high = this.buffer.readUInt32LE(position + 4);
    // 2^32 nanoseconds are 4294967 microseconds and 296 nanoseconds.
    const microseconds = high * 4294967 + Math.floor((high * 296 + low) / 1000);
    return Math.min(microseconds, Number.MAX_SAFE_INTEGER);
  }

  double(): number {
    const position = this.advance(8);
    return this.failed ? 0 : this.buffer.readDoubleLE(position);
  }

  fixed32(): number {
    const position = this.advance(4);
    return this.failed ? 0 : this.buffer.readUInt32LE(position);
  }

  fixed64(): bigint {
    const position = this.advance(8);
    return this.failed ? 0n : this.buffer.readBigUInt64LE(position);
  }

  /** Steps over a length-delimited field, leaving its range in `start` and `end`. */
  bytes(): void {
    const length = this.varint();
    this.start = this.advance(length);
    this.end = this.position;
  }

  /** Goes into the message the reader stands at; give what it returns to `leave`. */
  enter(): number {
    const outer = this.limit;
    const length = this.varint();
    const start = this.advance(length);
    if (this.failed) return outer;
    this.limit = this.position;
    this.position = start;
    return outer;
  }

  leave(outer: number): void {
    this.limit = outer;
  }

  skip(): void {
    switch (this.tag & 7) {
      case 0:
        this.varint();
        break;
      case 1:
        this.advance(8);
        break;
      case 2:
        this.bytes();
        break;
      case 5:
        this.advance(4);
        break;
      // Groups left protobuf before OpenTelemetry began.
      default:
        this.fail();
    }
  }

  private byte(): number {
    if (this.position >= this.limit) return this.fail();
    return this.buffer[this.position++] ?? 0;
  }

  /** Moves behind `length` bytes and gives where they begin. */
  private advance(length: number): number {
    const start = this.position;
    if (length > this.limit - start) return this.fail();
    this.position = start + length;
    return start;
  }

  private fail(): 0 {
    this.failed = true;
    this.start = this.end = this.position;
    return 0;
  }
}

function toInteger(low: number, high: number): number | string {
  const value = high * 4294967296 + low;
  if (Number.isSafeInteger(value)) return value;
  return ((BigInt(high) << 32n) | BigInt(low)).toString();
}

/** The same memory as a `Buffer`. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

const internedSlots = 4096;
const longestInterned = 64;
const interned = new Array<string>(internedSlots).fill('');

/**
 * A short text that is likely to have been seen before, such as an attribute key: known ones are
 * found by a hash of their bytes, which is cheaper than making the string again.
 */
export function internedText(buffer: Buffer, start: number, end: number): string {
  const length = end - start;
  if (length > longestInterned) return buffer.toString('utf8', start, end);
  let hash = length;
  let all = 0;
  for (let i = start; i < end; i++) {
    const byte = buffer[i] ?? 0;
    all |= byte;
    hash = (Math.imul(hash, 31) + byte) | 0;
  }
  // Only in ASCII is a character the same as its byte.
  if (all >= 0x80) return buffer.toString('utf8', start, end);
  const slot = (hash ^ (hash >>> 12)) & (internedSlots - 1);
  const known = interned[slot] ?? '';
  if (isText(known, buffer, { start, length })) return known;
  return (interned[slot] = buffer.toString('latin1', start, end));
}

function isText(
  text: string,
  buffer: Buffer,
  { start, length }: { start: number; length: number },
): boolean {
  if (text.length !== length) return false;
  for (let i = 0; i < length; i++) if (text.charCodeAt(i) !== buffer[start + i]) return false;
  return true;
}
