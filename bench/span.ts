import { WireWriter } from '../src/otlp/wireWriter';

/** One span of the workload before it is encoded. */
export interface SpanSketch {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly name: string;
  /** Microseconds since 1970. */
  readonly startTime: number;
  readonly endTime: number;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  /** Message and stack trace of what it failed with. */
  readonly failure?: { readonly message: string; readonly stack: string };
}

export type AttributeValue = string | number | boolean | readonly string[];

/** A protobuf `Span`; what `stamp` changes stands at its beginning, in this order. */
export function encodeSpan(span: SpanSketch): Uint8Array {
  const writer = new WireWriter(16 * 1024);
  writer.bytes(1, Buffer.from(span.traceId, 'hex'));
  writer.bytes(2, Buffer.from(span.spanId, 'hex'));
  writer.fixed64(7, nanoseconds(span.startTime));
  writer.fixed64(8, nanoseconds(span.endTime));
  if (span.parentSpanId !== undefined) writer.bytes(4, Buffer.from(span.parentSpanId, 'hex'));
  writer.text(5, span.name);
  writer.uint32(6, 1);
  writeAttributes(writer, 9, span.attributes);
  const { failure } = span;
  if (failure) {
    writer.message(11, () => {
      writer.fixed64(1, nanoseconds(span.endTime));
      writer.text(2, 'exception');
      writeAttributes(writer, 3, {
        'exception.type': 'Error',
        'exception.message': failure.message,
        'exception.stacktrace': failure.stack,
      });
    });
    writer.message(15, () => {
      writer.text(2, failure.message);
      writer.uint32(3, 2);
    });
  }
  return writer.finish();
}

/** An `ExportTraceServiceRequest` of one process. */
export function encodeRequest(spans: readonly Uint8Array[]): Buffer {
  const writer = new WireWriter(spans.reduce((sum, span) => sum + span.length + 8, 1024));
  writer.message(1, () => {
    writer.message(1, () => {
      writeAttributes(writer, 1, resource);
    });
    writer.message(2, () => {
      writer.message(1, () => {
        writer.text(1, 'glassbox-bench');
        writer.text(2, '1.0.0');
      });
      for (const span of spans) writer.bytes(2, span);
    });
  });
  return Buffer.from(writer.finish());
}

const resource = {
  'service.name': 'support-agent',
  'service.version': '3.2.1',
  'deployment.environment.name': 'development',
  'telemetry.sdk.language': 'nodejs',
  'telemetry.sdk.name': 'opentelemetry',
  'telemetry.sdk.version': '2.12.0',
  'process.pid': 4242,
  'host.name': 'workstation',
};

const traceIdAt = 2;
const startAt = 2 + 16 + 2 + 8 + 1;
const endAt = startAt + 8 + 1;

/** Makes the span at `offset` of a request part of another trace, `seconds` later. */
export function stampSpan(request: Buffer, offset: number, { pass, seconds }: Stamp): void {
  const id = offset + traceIdAt;
  request.writeUInt32BE((request.readUInt32BE(id) ^ pass) >>> 0, id);
  for (const at of [offset + startAt, offset + endAt]) {
    request.writeBigUInt64LE(request.readBigUInt64LE(at) + BigInt(seconds) * 1_000_000_000n, at);
  }
}

export interface Stamp {
  /** The number of the repetition; 0 changes nothing. */
  readonly pass: number;
  readonly seconds: number;
}

function nanoseconds(microseconds: number): bigint {
  return BigInt(microseconds) * 1000n;
}

function writeAttributes(
  writer: WireWriter,
  field: number,
  attributes: Readonly<Record<string, AttributeValue>>,
): void {
  for (const [key, value] of Object.entries(attributes)) {
    writer.message(field, () => {
      writer.text(1, key);
      writer.message(2, () => writeValue(writer, value));
    });
  }
}

function writeValue(writer: WireWriter, value: AttributeValue): void {
  if (typeof value === 'string') writer.text(1, value);
  else if (typeof value === 'boolean') writer.uint32(2, Number(value));
  else if (typeof value === 'number') {
    if (Number.isInteger(value)) writer.int64(3, BigInt(value));
    else writer.double(4, value);
  } else {
    writer.message(5, () => {
      for (const element of value) writer.message(1, () => writer.text(1, element));
    });
  }
}
