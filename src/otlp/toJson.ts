import type { Json } from '../model/value';
import { depthLimit, tooDeep } from './attributes';
import { anyValue, type Field, type Scalar, type Schema } from './schema';
import { asBuffer, WireReader } from '../base/wire';

/**
 * A protobuf message as the JSON that the protocol has for it: ids in hex, 64-bit integers as
 * decimal strings, what is not there left out. Of broken bytes, what can be read.
 */
export function messageToJson(schema: Schema, bytes: Uint8Array): JsonMessage {
  return readMessage(schema, new WireReader(asBuffer(bytes)), -1);
}

export type JsonMessage = Record<string, Json>;

function readMessage(schema: Schema, reader: WireReader, depth: number): JsonMessage {
  let json: JsonMessage = {};
  while (reader.next()) {
    const entry = schema.byNumber.get(reader.tag >>> 3);
    if (!entry || wireTypeOf(entry[1]) !== (reader.tag & 7)) reader.skip();
    else {
      // Of the fields of a value, the last one holds.
      if (schema === anyValue) json = {};
      readField(json, entry, { reader, depth });
    }
  }
  return json;
}

function readField(
  json: JsonMessage,
  [name, { type, repeated }]: readonly [string, Field],
  { reader, depth }: { reader: WireReader; depth: number },
): void {
  const value = readOne(type, reader, depth);
  const list = json[name];
  if (!repeated) json[name] = value;
  else if (isList(list)) list.push(value);
  else json[name] = [value];
}

function readOne(type: Field['type'], reader: WireReader, depth: number): Json {
  if (typeof type === 'string') return readScalar[type](reader);
  if ('names' in type) return reader.varint();
  const schema = type.message();
  return readNested(schema, reader, schema === anyValue ? depth + 1 : depth);
}

function isList(json: Json | undefined): json is Json[] {
  return Array.isArray(json);
}

function readNested(schema: Schema, reader: WireReader, depth: number): JsonMessage {
  if (depth > depthLimit) {
    reader.skip();
    return { stringValue: tooDeep };
  }
  const outer = reader.enter();
  const json = readMessage(schema, reader, depth);
  reader.leave(outer);
  return json;
}

function wireTypeOf({ type }: Field): number {
  if (typeof type === 'string') return wireTypes[type];
  return 'names' in type ? 0 : 2;
}

const wireTypes: Record<Scalar, number> = {
  bool: 0,
  int64: 0,
  uint32: 0,
  fixed64: 1,
  double: 1,
  id: 2,
  text: 2,
  base64: 2,
  fixed32: 5,
};

const readScalar: Record<Scalar, (reader: WireReader) => Json> = {
  text: (reader) => slice(reader, 'utf8'),
  id: (reader) => slice(reader, 'hex'),
  base64: (reader) => slice(reader, 'base64'),
  bool: (reader) => reader.int64() !== 0,
  int64: (reader) => String(reader.int64()),
  uint32: (reader) => reader.varint(),
  fixed32: (reader) => reader.fixed32(),
  fixed64: (reader) => reader.fixed64().toString(),
  double(reader) {
    const double = reader.double();
    if (Object.is(double, -0)) return '-0';
    return Number.isFinite(double) ? double : String(double);
  },
};

function slice(reader: WireReader, encoding: BufferEncoding): string {
  reader.bytes();
  return reader.buffer.toString(encoding, reader.start, reader.end);
}
