/**
 * Writes protobuf messages front to back. A nested message is written in place and moved back by
 * the bytes its length needs, so that no message is measured before it is written.
 */
export class WireWriter {
  private buffer: Buffer;
  private length = 0;

  /** `expected` is a guess at the bytes to come; the writer grows by itself. */
  constructor(expected = 1024) {
    this.buffer = Buffer.allocUnsafeSlow(Math.max(expected, 64));
  }

  /** What has been written; the writer must not be used afterwards. */
  finish(): Uint8Array {
    return this.buffer.subarray(0, this.length);
  }

  bytes(field: number, bytes: Uint8Array): void {
    this.tag(field, 2);
    this.varint(bytes.length);
    this.reserve(bytes.length);
    this.buffer.set(bytes, this.length);
    this.length += bytes.length;
  }

  text(field: number, text: string): void {
    const size = Buffer.byteLength(text);
    this.tag(field, 2);
    this.varint(size);
    this.reserve(size);
    this.length += this.buffer.write(text, this.length);
  }

  message(field: number, write: () => void): void {
    this.tag(field, 2);
    this.reserve(1);
    const start = this.length++;
    write();
    const size = this.length - start - 1;
    const extra = varintSize(size) - 1;
    if (extra > 0) {
      this.reserve(extra);
      this.buffer.copyWithin(start + 1 + extra, start + 1, this.length);
    }
    this.length = start;
    this.varint(size);
    this.length += size;
  }

  /** An unsigned integer of at most 32 bits. */
  uint32(field: number, value: number): void {
    this.tag(field, 0);
    this.varint(value >>> 0);
  }

  int64(field: number, value: bigint): void {
    this.tag(field, 0);
    this.reserve(10);
    let rest = BigInt.asUintN(64, value);
    while (rest > 0x7fn) {
      this.buffer[this.length++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.buffer[this.length++] = Number(rest);
  }

  fixed32(field: number, value: number): void {
    this.tag(field, 5);
    this.reserve(4);
    this.length = this.buffer.writeUInt32LE(value >>> 0, this.length);
  }

  fixed64(field: number, value: bigint): void {
    this.tag(field, 1);
    this.reserve(8);
    this.length = this.buffer.writeBigUInt64LE(BigInt.asUintN(64, value), this.length);
  }

  double(field: number, value: number): void {
    this.tag(field, 1);
    this.reserve(8);
    this.length = this.buffer.writeDoubleLE(value, this.length);
  }

  private tag(field: number, wireType: number): void {
    this.varint((field << 3) | wireType);
  }

  private varint(value: number): void {
    this.reserve(5);
    let rest = value;
    while (rest > 0x7f) {
      this.buffer[this.length++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.buffer[this.length++] = rest;
  }

  private reserve(bytes: number): void {
    const needed = this.length + bytes;
    if (needed <= this.buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.buffer.length * 2));
    larger.set(this.buffer.subarray(0, this.length));
    this.buffer = larger;
  }
}

function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest > 0x7f; rest >>>= 7) size++;
  return size;
}
