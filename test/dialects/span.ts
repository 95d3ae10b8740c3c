import { attributesOf, noAttributes, type LogRecord, type Span } from '../../src/model/span';
import type { Value } from '../../src/model/value';

type Values = Readonly<Record<string, Value>>;

export interface SpanDraft extends Partial<
  Omit<Span, 'attributes' | 'scope' | 'resource' | 'events'>
> {
  readonly attributes?: Values;
  readonly scope?: string;
  readonly resource?: Values;
  readonly events?: readonly {
    readonly name: string;
    readonly time?: number;
    readonly attributes?: Values;
  }[];
}

/** A finished span of one second, with what the draft says. */
export function spanOf(draft: SpanDraft): Span {
  return {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    parentSpanId: undefined,
    name: 'a span',
    role: 'internal',
    startTime: 1_000_000,
    endTime: 2_000_000,
    status: 'unset',
    statusMessage: '',
    links: [],
    droppedAttributes: 0,
    ...draft,
    attributes: attributesOf(draft.attributes ?? {}),
    resource: attributesOf(draft.resource ?? {}),
    scope: { name: draft.scope ?? 'some.library', version: '', attributes: noAttributes },
    events: (draft.events ?? []).map(({ name, time, attributes }) => ({
      name,
      time: time ?? 1_500_000,
      attributes: attributesOf(attributes ?? {}),
    })),
  };
}

export interface LogDraft {
  readonly eventName: string;
  readonly time?: number;
  readonly body?: Value;
  readonly attributes?: Values;
}

/** A log record of the span that `spanOf` makes. */
export function logOf({ eventName, time, body, attributes }: LogDraft): LogRecord {
  return {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    time: time ?? 1_500_000,
    eventName,
    severity: 9,
    body,
    attributes: attributesOf(attributes ?? {}),
    scope: { name: 'some.library', version: '', attributes: noAttributes },
    resource: noAttributes,
  };
}
