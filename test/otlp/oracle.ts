import { join } from 'node:path';
import fc from 'fast-check';
import { loadSync } from 'protobufjs';

/** protobufjs over our own text of the protocol: the other reader that ours must agree with. */
const root = loadSync(join(import.meta.dirname, 'otlp.proto'));

export function encodeMessage(type: string, message: object): Uint8Array {
  const kind = root.lookupType(`otlp.${type}`);
  return kind.encode(kind.fromObject(message)).finish();
}

export function decodeMessage(type: string, bytes: Uint8Array): Record<string, unknown> {
  const kind = root.lookupType(`otlp.${type}`);
  return kind.toObject(kind.decode(bytes), { longs: String });
}

/** An `AnyValue` together with what it must be read as. */
export interface Sample {
  readonly sent: object;
  readonly read: unknown;
}

const int64 = fc.oneof(
  fc.integer().map(BigInt),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.constantFrom(-1n, 2n ** 53n, -(2n ** 53n) - 1n, 2n ** 63n - 1n, -(2n ** 63n)),
);

const key = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 90 }),
  fc.constantFrom('__proto__', 'constructor', '', 'gen_ai.system', 'é'),
);

const { value } = fc.letrec<{ value: Sample }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string({ unit: 'binary' }).map((text) => ({ sent: { stringValue: text }, read: text })),
    fc.boolean().map((yes) => ({ sent: { boolValue: yes }, read: yes })),
    int64.map((n) => ({
      sent: { intValue: n.toString() },
      read: Number.isSafeInteger(Number(n)) ? Number(n) : n.toString(),
    })),
    fc.double().map((n) => ({ sent: { doubleValue: n }, read: n })),
    fc.uint8Array().map((bytes) => ({ sent: { bytesValue: bytes }, read: bytes })),
    fc.constant({ sent: {}, read: null }),
    fc.array(tie('value'), { maxLength: 4 }).map((all) => ({
      sent: { arrayValue: { values: all.map((one) => one.sent) } },
      read: all.map((one) => one.read),
    })),
    fc.array(fc.tuple(key, tie('value')), { maxLength: 4 }).map((pairs) => ({
      sent: { kvlistValue: { values: pairs.map(([key, one]) => ({ key, value: one.sent })) } },
      read: mapOf(pairs.map(([key, one]) => [key, one.read])),
    })),
  ),
}));

export const anyValue = value;
export const keyValues = fc.array(fc.tuple(key, anyValue), { maxLength: 8 });

/** What the wire calls attributes. */
export function toKeyValues(pairs: readonly (readonly [string, Sample])[]): object[] {
  return pairs.map(([key, { sent }]) => ({ key, value: sent }));
}

function mapOf(pairs: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  const map = Object.create(null) as Record<string, unknown>;
  for (const [key, value] of pairs) map[key] = value;
  return map;
}

/** Nanoseconds since 1970 as a 64-bit unsigned integer. */
export const nanoseconds = fc.oneof(
  fc.bigInt({ min: 1_600_000_000_000_000_000n, max: 1_900_000_000_000_000_000n }),
  fc.bigInt({ min: 0n, max: 9_007_199_254_740_991_000n }),
);

export function idOf(length: number): fc.Arbitrary<Uint8Array> {
  return fc
    .uint8Array({ minLength: length, maxLength: length })
    .filter((id) => id.some((byte) => byte !== 0));
}

export const spanMessage = fc.record({
  traceId: idOf(16),
  spanId: idOf(8),
  parentSpanId: fc.option(idOf(8), { nil: new Uint8Array() }),
  traceState: fc.constantFrom('', 'a=b'),
  name: fc.string({ unit: 'binary' }),
  kind: fc.integer({ min: 0, max: 5 }),
  start: nanoseconds,
  end: nanoseconds,
  attributes: keyValues,
  dropped: fc.nat(),
  events: fc.array(fc.tuple(nanoseconds, fc.string(), keyValues), { maxLength: 3 }),
  links: fc.array(fc.tuple(idOf(16), idOf(8), keyValues), { maxLength: 2 }),
  code: fc.integer({ min: 0, max: 2 }),
  message: fc.string({ unit: 'binary' }),
});

/** A random span as protobufjs takes it. */
export function toSpanMessage(span: typeof spanMessage extends fc.Arbitrary<infer T> ? T : never) {
  const { start, end, attributes, dropped, events, links, code, message, ...plain } = span;
  return {
    ...plain,
    startTimeUnixNano: start.toString(),
    endTimeUnixNano: end.toString(),
    attributes: toKeyValues(attributes),
    droppedAttributesCount: dropped,
    events: events.map(([time, name, pairs]) => ({
      timeUnixNano: time.toString(),
      name,
      attributes: toKeyValues(pairs),
    })),
    links: links.map(([traceId, spanId, pairs]) => ({
      traceId,
      spanId,
      attributes: toKeyValues(pairs),
    })),
    status: { code, message },
  };
}

/** A request with one span of each message, all in one scope. */
export function requestOf(spans: readonly object[], origin: object = {}): Uint8Array {
  return encodeMessage('ExportTraceServiceRequest', {
    resourceSpans: [{ resource: {}, ...origin, scopeSpans: [{ scope: { name: 'test' }, spans }] }],
  });
}

/** A length-delimited field as bytes. */
export function frame(field: number, bytes: Uint8Array): Buffer {
  const head = [(field << 3) | 2];
  let length = bytes.length;
  for (; length > 0x7f; length >>>= 7) head.push((length & 0x7f) | 0x80);
  return Buffer.concat([Buffer.from([...head, length]), bytes]);
}

/** A `KeyValue` of lists (5) or maps (6) inside one another, which protobufjs would refuse. */
export function nestedAttribute(key: string, field: 5 | 6, levels: number): Buffer {
  let value = frame(1, Buffer.from('end'));
  for (let i = 0; i < levels; i++) {
    value = frame(field, frame(1, field === 5 ? value : frame(2, value)));
  }
  return Buffer.concat([frame(1, Buffer.from(key)), frame(2, value)]);
}
