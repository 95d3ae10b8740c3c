import { isRecord } from '../model/value';
import { depthLimit } from './attributes';
import { anyValue, type Field, type Scalar, type Schema } from './schema';
import { WireWriter } from './wireWriter';

/**
 * OTLP/JSON as protobuf bytes, so that there is one form to read and to store. Tolerant of what
 * senders get wrong (names in snake_case, ids in base64, enums by name, 64-bit integers as numbers,
 * bare scalars for values), but a list or object that is something else is an error.
 */
export function encodeJson(schema: Schema, json: unknown, expectedBytes: number) {
  const encoder = new JsonEncoder(new WireWriter(expectedBytes));
  encoder.message(schema, json, -1);
  return { body: encoder.writer.finish(), problem: encoder.problem };
}

class JsonEncoder {
  problem = '';

  constructor(readonly writer: WireWriter) {}

  /** `depth` counts the values around this message, from -1 outside any. */
  message(schema: Schema, json: unknown, depth: number): void {
    const object = schema === anyValue ? toAnyValue(json) : json;
    if (!isRecord(object)) {
      this.problem ||= 'An object was expected';
      return;
    }
    // The list that lies too deep is kept, empty, for the reader to see and to mark.
    if (schema === anyValue && depth > depthLimit) return;
    for (const entry of schema.fields) {
      const value = valueOf(object, entry);
      if (value === undefined || value === null) continue;
      this.field(schema, entry, { value, depth });
    }
  }

  private field(
    schema: Schema,
    [name, field]: readonly [string, Field],
    { value, depth }: { value: unknown; depth: number },
  ): void {
    const always = schema === anyValue;
    if (!field.repeated) this.one(name, field, { value, depth, always });
    else if (!Array.isArray(value)) this.problem ||= `'${name}' is not a list`;
    else
      for (const element of value as unknown[]) {
        this.one(name, field, { value: element, depth, always: true });
      }
  }

  private one(
    name: string,
    { number, type }: Field,
    { value, depth, always }: { value: unknown; depth: number; always: boolean },
  ): void {
    if (typeof type === 'string') writeScalar[type](this.writer, { number, value, always });
    else if ('names' in type) {
      const code = enumOf(type.names, value);
      if (code !== 0) this.writer.uint32(number, code);
    } else {
      const schema = type.message();
      if (schema !== anyValue && !isRecord(value)) {
        this.problem ||= `'${name}' is not an object`;
        return;
      }
      const below = schema === anyValue ? depth + 1 : depth;
      this.writer.message(number, () => this.message(schema, value, below));
    }
  }
}

const snakeNames = new Map<string, string>();

function valueOf(
  object: Record<string, unknown>,
  [name, field]: readonly [string, Field],
): unknown {
  const value = object[name];
  if (value !== undefined) return value;
  let snake = snakeNames.get(name);
  if (snake === undefined) {
    snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    snakeNames.set(name, snake);
  }
  return object[snake] ?? (field.formerly === undefined ? undefined : object[field.formerly]);
}

/** A value that was sent bare, in the form that the protocol has for it. */
function toAnyValue(json: unknown): unknown {
  switch (typeof json) {
    case 'string':
      return { stringValue: json };
    case 'boolean':
      return { boolValue: json };
    case 'number':
      return Number.isInteger(json) ? { intValue: json } : { doubleValue: json };
    default:
      return Array.isArray(json) ? { arrayValue: { values: json as unknown[] } } : (json ?? {});
  }
}

function enumOf(names: readonly string[], value: unknown): number {
  const code = typeof value === 'string' ? names.indexOf(value) : -1;
  const number = code >= 0 ? code : Number(value);
  return Number.isInteger(number) && number > 0 ? number : 0;
}

interface ScalarToWrite {
  readonly number: number;
  readonly value: unknown;
  /** Where it matters that the field is there, its default value is written too. */
  readonly always: boolean;
}

const writeScalar: Record<Scalar, (writer: WireWriter, scalar: ScalarToWrite) => void> = {
  text(writer, { number, value, always }) {
    const text = typeof value === 'string' ? value : bareText(value);
    if (always || text !== '') writer.text(number, text);
  },
  bool(writer, { number, value, always }) {
    const yes = value === true || value === 'true';
    if (always || yes) writer.uint32(number, Number(yes));
  },
  int64(writer, { number, value }) {
    const integer = toBigInt(value);
    if (integer !== undefined) writer.int64(number, integer);
  },
  uint32(writer, { number, value }) {
    const integer = Number(value);
    if (integer > 0) writer.uint32(number, Math.min(integer, 0xffffffff));
  },
  fixed32(writer, { number, value }) {
    const integer = Number(value);
    if (integer > 0) writer.fixed32(number, Math.min(integer, 0xffffffff));
  },
  fixed64(writer, { number, value }) {
    const integer = toBigInt(value) ?? 0n;
    if (integer > 0n) writer.fixed64(number, integer);
  },
  double(writer, { number, value }) {
    const double = typeof value === 'string' && value.trim() === '' ? NaN : Number(value);
    writer.double(number, double);
  },
  base64(writer, { number, value }) {
    writer.bytes(number, Buffer.from(typeof value === 'string' ? value : '', 'base64'));
  },
  id(writer, { number, value }) {
    const id = toId(value);
    if (id.length > 0) writer.bytes(number, id);
  },
};

function bareText(value: unknown): string {
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

function toBigInt(value: unknown): bigint | undefined {
  if (typeof value === 'number') {
    return Number.isFinite(value) ? BigInt(Math.trunc(value)) : undefined;
  }
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  return /^[+-]?\d{1,40}$/.test(text) ? BigInt(text.replace('+', '')) : undefined;
}

/** Hex as the protocol says, or base64 as generic protobuf libraries send it. */
function toId(value: unknown): Buffer {
  if (typeof value !== 'string') return Buffer.alloc(0);
  if (/^[0-9a-f]*$/i.test(value)) return Buffer.from(value, 'hex');
  return Buffer.from(value, 'base64');
}
