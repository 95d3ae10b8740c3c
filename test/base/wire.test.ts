import fc from 'fast-check';
import { Writer } from 'protobufjs';
import { describe, expect, test } from 'vitest';
import { asBuffer, internedText, tagOf, WireReader } from '../../src/base/wire';
import { WireLeaves, type WireMessage } from '../../src/base/wireLeaves';

function readerOf(writer: Writer): WireReader {
  return new WireReader(asBuffer(writer.finish()));
}

describe('the reader', () => {
  test('reads what protobufjs writes', () => {
    const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    fc.assert(
      fc.property(fc.tuple(fc.nat(0xffffffff), int64, fc.double(), fc.string()), (all) => {
        const [uint, long, double, text] = all;
        const writer = new Writer().uint32(uint).int64(long.toString()).double(double);
        const reader = readerOf(writer.string(text).fixed32(uint));
        expect(reader.varint()).toBe(uint);
        expect(String(reader.int64())).toBe(long.toString());
        expect(reader.double()).toBe(double);
        reader.bytes();
        expect(reader.buffer.toString('utf8', reader.start, reader.end)).toBe(text);
        expect(reader.fixed32()).toBe(uint);
        expect(reader.next()).toBe(false);
        expect(reader.failed).toBe(false);
      }),
    );
  });

  test.each([
    [0n, 0],
    [999n, 0],
    [1000n, 1],
    [1_700_000_000_123_456_789n, 1_700_000_000_123_456],
    [1_700_000_000_123_456_999n, 1_700_000_000_123_456],
    [2n ** 32n - 1n, 4_294_967],
    [2n ** 64n - 1n, Number.MAX_SAFE_INTEGER],
  ])('%i nanoseconds are %i microseconds', (nanoseconds, microseconds) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(nanoseconds);
    expect(new WireReader(bytes).microseconds()).toBe(microseconds);
    expect(new WireReader(bytes).fixed64()).toBe(nanoseconds);
  });

  test('stays in the message it has entered', () => {
    const writer = new Writer().uint32(10).fork().uint32(8).uint32(1).uint32(16).uint32(2).ldelim();
    const reader = readerOf(writer.uint32(24).uint32(3));
    const seen: string[] = [];
    while (reader.next()) {
      if (reader.tag === tagOf.bytes(1)) {
        const outer = reader.enter();
        while (reader.next()) seen.push(`inner ${reader.tag >>> 3}=${reader.varint()}`);
        reader.leave(outer);
      } else seen.push(`outer ${reader.tag >>> 3}=${reader.varint()}`);
    }
    expect(seen).toEqual(['inner 1=1', 'inner 2=2', 'outer 3=3']);
  });

  test.each([
    ['a field number of zero', [0x00]],
    ['a tag without its field', [0x0a]],
    ['a length over the end', [0x0a, 0x05, 1]],
    ['an endless varint', new Array<number>(11).fill(0x80)],
    ['a cut varint', [0x08, 0x80]],
    ['a cut fixed64', [0x09, 1, 2, 3]],
    ['a cut fixed32', [0x0d, 1, 2, 3]],
    ['the start of a group', [0x0b, 0x0c]],
    ['the end of a group', [0x0c]],
    ['wire type 6', [0x0e]],
    ['wire type 7', [0x0f]],
  ])('%s fails, and ends the reading', (_, bytes) => {
    const reader = new WireReader(Buffer.from(bytes));
    while (reader.next()) reader.skip();
    expect(reader.failed).toBe(true);
    expect(reader.next()).toBe(false);
    expect([reader.varint(), reader.int64(), reader.double(), reader.fixed32()]).toBeDefined();
  });

  test('a message inside may not be longer than the one around it', () => {
    const reader = new WireReader(Buffer.from([0x0a, 0x02, 0x0a, 0x01, 0x41]));
    expect(reader.next()).toBe(true);
    reader.enter();
    expect(reader.next()).toBe(true);
    reader.bytes();
    expect(reader.failed).toBe(true);
  });
});

test('interned texts are the texts', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 70 })), (texts) => {
      for (const text of [...texts, ...texts]) {
        const bytes = Buffer.from(`<${text}>`);
        expect(internedText(bytes, 1, bytes.length - 1)).toBe(
          bytes.toString('utf8', 1, bytes.length - 1),
        );
      }
    }),
  );
});

describe('the leaves of a message', () => {
  const type: WireMessage = { nested: (field) => (field === 2 ? type : undefined) };
  const inner = new Writer()
    .uint32(10)
    .string('deep')
    .uint32(18)
    .fork()
    .uint32(10)
    .string('er')
    .ldelim();
  const bytes = asBuffer(
    new Writer()
      .uint32(10)
      .string('first')
      .uint32(18)
      .bytes(inner.finish())
      .uint32(24)
      .uint32(7)
      .uint32(10)
      .string('last')
      .finish(),
  );

  test('are found for every byte', () => {
    const leaves = new WireLeaves(bytes, type);
    const found = new Set<string>();
    for (let at = 0; at < bytes.length; at++) {
      if (leaves.locate(at)) found.add(bytes.toString('utf8', leaves.start, leaves.end));
    }
    expect([...found]).toEqual(['first', 'deep', 'er', 'last']);
  });

  test('of bytes without a type are all of them', () => {
    const leaves = new WireLeaves(bytes, undefined);
    expect(leaves.locate(3)).toBe(true);
    expect([leaves.start, leaves.end]).toEqual([0, bytes.length]);
  });

  test('are none where the bytes are broken', () => {
    const leaves = new WireLeaves(bytes.subarray(0, 4), type);
    expect([0, 1, 2, 3].map((at) => leaves.locate(at))).toEqual([false, false, false, false]);
  });
});
