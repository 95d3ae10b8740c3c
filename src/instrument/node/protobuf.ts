/**
 * Writes protobuf messages as a list of pieces joined once at the end, so that a large string is
 * copied once however deep it lies. Field numbers belong to the caller.
 */
export class Message {
  readonly pieces: Uint8Array[] = [];
  size = 0;

  varint(field: number, value: number): void {
    this.push(head(field, 0, value));
  }

  /** A 64-bit integer in two's complement. */
  int64(field: number, value: bigint): void {
    this.push(Buffer.concat([head(field, 0), varintOfBig(BigInt.asUintN(64, value))]));
  }

  fixed64(field: number, value: bigint): void {
    const bytes = Buffer.allocUnsafe(8);
    bytes.writeBigUInt64LE(BigInt.asUintN(64, value));
    this.push(Buffer.concat([head(field, 1), bytes]));
  }

  fixed32(field: number, value: number): void {
    const bytes = Buffer.allocUnsafe(4);
    bytes.writeUInt32LE(value >>> 0);
    this.push(Buffer.concat([head(field, 5), bytes]));
  }

  double(field: number, value: number): void {
    const bytes = Buffer.allocUnsafe(8);
    bytes.writeDoubleLE(value);
    this.push(Buffer.concat([head(field, 1), bytes]));
  }

  bytes(field: number, value: Uint8Array): void {
    this.push(head(field, 2, value.byteLength));
    this.push(value);
  }

  text(field: number, value: string): void {
    this.bytes(field, Buffer.from(value, 'utf8'));
  }

  message(field: number, value: Message): void {
    this.push(head(field, 2, value.size));
    for (const piece of value.pieces) this.push(piece);
  }

  finish(): Buffer {
    return Buffer.concat(this.pieces, this.size);
  }

  private push(piece: Uint8Array): void {
    this.pieces.push(piece);
    this.size += piece.byteLength;
  }
}

/** A tag, and for lengths and small integers the number behind it. */
function head(field: number, wireType: number, value?: number): Buffer {
  const bytes: number[] = [];
  writeVarint(bytes, field * 8 + wireType);
  if (value !== undefined) writeVarint(bytes, value);
  return Buffer.from(bytes);
}

function writeVarint(bytes: number[], value: number): void {
  let rest = value;
  while (rest > 127) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
}

function varintOfBig(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) + 128);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}
