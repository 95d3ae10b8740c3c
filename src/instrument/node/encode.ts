import { Message } from './protobuf';

/**
 * Spans of any OpenTelemetry SDK generation as one `ExportTraceServiceRequest` each. Requests can
 * be joined by joining their bytes, because their only field is a repeated one.
 */

type HrTime = readonly [number, number];

interface SpanContext {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceState?: { serialize(): string } | undefined;
}

interface ScopeInfo {
  readonly name?: string;
  readonly version?: string | undefined;
}

/** What the SDKs 1.x and 2.x call a readable span. */
export interface SpanLike {
  readonly name: string;
  readonly kind: number;
  spanContext(): SpanContext;
  readonly parentSpanContext?: SpanContext | undefined;
  readonly parentSpanId?: string | undefined;
  readonly startTime: HrTime;
  readonly endTime: HrTime;
  readonly status: { readonly code: number; readonly message?: string | undefined };
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly events: readonly {
    readonly name: string;
    readonly time: HrTime;
    readonly attributes?: Readonly<Record<string, unknown>> | undefined;
  }[];
  readonly links: readonly {
    readonly context: SpanContext;
    readonly attributes?: Readonly<Record<string, unknown>> | undefined;
  }[];
  readonly instrumentationScope?: ScopeInfo;
  readonly instrumentationLibrary?: ScopeInfo;
  readonly droppedAttributesCount?: number;
  readonly resource?: { readonly attributes?: Readonly<Record<string, unknown>> };
}

export interface EncodeOptions {
  readonly resource: Readonly<Record<string, unknown>>;
  /** True for a report at start: the end time is 0 on the wire. */
  readonly running: boolean;
}

/** One span as a whole request. */
export function encodeSpan(span: SpanLike, options: EncodeOptions): Buffer {
  const resource = new Message();
  writeAttributes(resource, 1, options.resource);
  const scopeInfo = span.instrumentationScope ?? span.instrumentationLibrary;
  const scope = new Message();
  scope.text(1, scopeInfo?.name ?? '');
  if (scopeInfo?.version) scope.text(2, scopeInfo.version);
  const scopeSpans = new Message();
  scopeSpans.message(1, scope);
  scopeSpans.message(2, spanMessage(span, options.running));
  const resourceSpans = new Message();
  resourceSpans.message(1, resource);
  resourceSpans.message(2, scopeSpans);
  const request = new Message();
  request.message(1, resourceSpans);
  return request.finish();
}

function spanMessage(span: SpanLike, running: boolean): Message {
  const message = new Message();
  const context = span.spanContext();
  const parent = span.parentSpanContext?.spanId ?? span.parentSpanId;
  writeIds(message, context);
  if (parent) message.bytes(4, Buffer.from(parent, 'hex'));
  message.text(5, span.name);
  // OTLP counts from 1, the API from 0.
  message.varint(6, span.kind + 1);
  message.fixed64(7, nanoseconds(span.startTime));
  if (!running) message.fixed64(8, nanoseconds(span.endTime));
  writeAttributes(message, 9, span.attributes);
  if (span.droppedAttributesCount) message.varint(10, span.droppedAttributesCount);
  for (const event of span.events) {
    const item = new Message();
    item.fixed64(1, nanoseconds(event.time));
    item.text(2, event.name);
    writeAttributes(item, 3, event.attributes ?? {});
    message.message(11, item);
  }
  for (const link of span.links) {
    const item = new Message();
    writeIds(item, link.context);
    writeAttributes(item, 4, link.attributes ?? {});
    message.message(13, item);
  }
  message.message(15, statusMessage(span.status));
  return message;
}

function writeIds(message: Message, context: SpanContext): void {
  message.bytes(1, Buffer.from(context.traceId, 'hex'));
  message.bytes(2, Buffer.from(context.spanId, 'hex'));
  const state = context.traceState?.serialize();
  if (state) message.text(3, state);
}

function statusMessage(status: SpanLike['status']): Message {
  const message = new Message();
  if (status.message) message.text(2, status.message);
  if (status.code) message.varint(3, status.code);
  return message;
}

function nanoseconds([seconds, nanos]: HrTime): bigint {
  return BigInt(Math.trunc(seconds)) * 1_000_000_000n + BigInt(Math.round(nanos));
}

function writeAttributes(
  message: Message,
  field: number,
  attributes: Readonly<Record<string, unknown>>,
): void {
  for (const key of Object.keys(attributes)) {
    const value = attributes[key];
    if (value === undefined) continue;
    const pair = new Message();
    pair.text(1, key);
    pair.message(2, anyValue(value, 0));
    message.message(field, pair);
  }
}

const deepest = 32;

function anyValue(value: unknown, depth: number): Message {
  const message = new Message();
  if (typeof value === 'string') message.text(1, value);
  else if (typeof value === 'boolean') message.varint(2, value ? 1 : 0);
  else if (typeof value === 'bigint') message.int64(3, value);
  else if (typeof value === 'number') writeNumber(message, value);
  else if (value instanceof Uint8Array) message.bytes(7, value);
  else if (depth < deepest && Array.isArray(value)) {
    const list = new Message();
    for (const item of value as readonly unknown[]) list.message(1, anyValue(item, depth + 1));
    message.message(5, list);
  } else if (depth < deepest && typeof value === 'object' && value !== null) {
    const map = new Message();
    for (const [key, item] of Object.entries(value)) {
      const pair = new Message();
      pair.text(1, key);
      pair.message(2, anyValue(item, depth + 1));
      map.message(1, pair);
    }
    message.message(6, map);
  }
  return message;
}

function writeNumber(message: Message, value: number): void {
  if (Number.isSafeInteger(value)) message.int64(3, BigInt(value));
  else message.double(4, value);
}
