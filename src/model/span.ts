import type { Value } from './value';

/**
 * Spans as they were sent, before anybody asks what they mean. The wire reader gives lazy views:
 * an attribute is decoded when it is read, so that a summary costs only what it looks at.
 */

/** Attributes of a span, event, scope or resource. Of a key sent twice, the last one holds. */
export interface Attributes {
  get(key: string): Value | undefined;
  keys(): Iterable<string>;
}

export type SpanStatus = 'unset' | 'ok' | 'error';

/** The OTLP span kind, spelled out. */
export type SpanRole = 'unspecified' | 'internal' | 'server' | 'client' | 'producer' | 'consumer';

export interface SpanEvent {
  readonly name: string;
  /** Microseconds since 1970. */
  readonly time: number;
  readonly attributes: Attributes;
}

export interface SpanLink {
  readonly traceId: string;
  readonly spanId: string;
  readonly attributes: Attributes;
}

export interface Scope {
  readonly name: string;
  readonly version: string;
  readonly attributes: Attributes;
}

/** One span as sent. Ids are lower-case hex: 32 characters for a trace, 16 for a span. */
export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  /** Absent for a root. */
  readonly parentSpanId: string | undefined;
  readonly name: string;
  readonly role: SpanRole;
  /** Microseconds since 1970. */
  readonly startTime: number;
  /** Microseconds since 1970; absent while the span runs (end time 0 on the wire). */
  readonly endTime: number | undefined;
  readonly status: SpanStatus;
  readonly statusMessage: string;
  readonly attributes: Attributes;
  readonly events: readonly SpanEvent[];
  readonly links: readonly SpanLink[];
  readonly scope: Scope;
  readonly resource: Attributes;
  /** What the sender, or our own limits, left out. */
  readonly droppedAttributes: number;
}

/** One log record as sent, with the span it belongs to. */
export interface LogRecord {
  readonly traceId: string;
  readonly spanId: string | undefined;
  /** Microseconds since 1970. */
  readonly time: number;
  /** The `event_name` field, else the attribute `event.name` (or `event_name`), else empty. */
  readonly eventName: string;
  readonly severity: number;
  readonly body: Value | undefined;
  readonly attributes: Attributes;
  readonly scope: Scope;
  readonly resource: Attributes;
}

/** Attributes over a plain object, for tests and for spans made in this process. */
export function attributesOf(values: Readonly<Record<string, Value>>): Attributes {
  const map = new Map(Object.entries(values));
  return { get: (key) => map.get(key), keys: () => map.keys() };
}

export const noAttributes: Attributes = attributesOf({});

/** Attributes of several layers as one: the first layer that has a key wins. */
export function layerAttributes(layers: readonly Attributes[]): Attributes {
  const [only] = layers;
  if (layers.length === 1 && only) return only;
  return {
    get: (key) => {
      for (const layer of layers) {
        const value = layer.get(key);
        if (value !== undefined) return value;
      }
      return undefined;
    },
    keys: () => new Set(layers.flatMap((layer) => [...layer.keys()])),
  };
}

/**
 * Several deliveries of one span as one span. `deliveries` are ordered weakest first
 * (`compareDeliveries`): the last one gives the scalars, attributes and events are united.
 */
export function uniteSpans(deliveries: readonly [Span, ...Span[]]): Span {
  const strongestFirst = [...deliveries].reverse();
  const [strongest] = strongestFirst;
  if (!strongest || deliveries.length === 1) return deliveries[0];
  return {
    ...plainSpan(strongest),
    attributes: layerAttributes(strongestFirst.map((span) => span.attributes)),
    events: uniqueEvents(strongestFirst.flatMap((span) => span.events)),
  };
}

/** Views may use getters; spreading needs plain fields. */
function plainSpan(span: Span): Span {
  const { traceId, spanId, parentSpanId, name, role, startTime, endTime } = span;
  const { status, statusMessage, attributes, events, links, scope, resource } = span;
  return {
    ...{ traceId, spanId, parentSpanId, name, role, startTime, endTime, status, statusMessage },
    ...{ attributes, events, links, scope, resource, droppedAttributes: span.droppedAttributes },
  };
}

function uniqueEvents(events: readonly SpanEvent[]): SpanEvent[] {
  const seen = new Map<string, SpanEvent>();
  for (const event of events) {
    const content = [...event.attributes.keys()]
      .sort()
      .map((key) => [key, event.attributes.get(key)]);
    const identity = JSON.stringify([event.time, event.name, content]);
    if (!seen.has(identity)) seen.set(identity, event);
  }
  return [...seen.values()].sort((a, b) => a.time - b.time);
}
