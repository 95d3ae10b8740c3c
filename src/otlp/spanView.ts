import type {
  Attributes,
  Scope,
  Span,
  SpanEvent,
  SpanLink,
  SpanRole,
  SpanStatus,
} from '../model/span';
import type { SpanRecord } from '../model/record';
import { WireAttributes } from './attributes';
import { asBuffer, internedText, tagOf, WireReader } from '../base/wire';

/** Fields of `Span` (trace.proto) by tag. */
const field = {
  traceId: tagOf.bytes(1),
  spanId: tagOf.bytes(2),
  parentSpanId: tagOf.bytes(4),
  name: tagOf.bytes(5),
  kind: tagOf.varint(6),
  start: tagOf.fixed64(7),
  end: tagOf.fixed64(8),
  attributes: tagOf.bytes(9),
  droppedAttributes: tagOf.varint(10),
  events: tagOf.bytes(11),
  links: tagOf.bytes(13),
  status: tagOf.bytes(15),
} as const;

const roles: readonly SpanRole[] = [
  'unspecified',
  'internal',
  'server',
  'client',
  'producer',
  'consumer',
];
const statuses: readonly SpanStatus[] = ['unset', 'ok', 'error'];

/** Where a span came from: what all spans of one exporter have in common. */
export interface Origin {
  readonly scope: Scope;
  readonly resource: Attributes;
}

/** What could be read of a message, and whether its bytes are broken. */
export interface Reading<T> {
  readonly value: T;
  readonly broken: boolean;
}

/** Reads the `Resource` and the `InstrumentationScope` of a stored record. */
export function readOrigin(record: Pick<SpanRecord, 'resource' | 'scope'>): Origin {
  return { resource: readResource(record.resource).value, scope: readScope(record.scope).value };
}

export function readResource(resource: Uint8Array): Reading<Attributes> {
  const buffer = asBuffer(resource);
  const reader = new WireReader(buffer);
  const attributes = new WireAttributes(buffer);
  while (reader.next()) {
    if (reader.tag === tagOf.bytes(1)) attributes.add(reader);
    else reader.skip();
  }
  return { value: attributes, broken: reader.failed };
}

export function readScope(scope: Uint8Array): Reading<Scope> {
  const buffer = asBuffer(scope);
  const reader = new WireReader(buffer);
  const attributes = new WireAttributes(buffer);
  let name = '';
  let version = '';
  while (reader.next()) {
    if (reader.tag === tagOf.bytes(1)) name = readText(reader);
    else if (reader.tag === tagOf.bytes(2)) version = readText(reader);
    else if (reader.tag === tagOf.bytes(3)) attributes.add(reader);
    else reader.skip();
  }
  return { value: { name, version, attributes }, broken: reader.failed };
}

/**
 * A view over the bytes of one `Span`. Building it walks the span once and checks its structure;
 * scalars are read, attributes, events and links are left as byte ranges.
 */
export class WireSpan implements Span {
  traceId = '';
  spanId = '';
  parentSpanId: string | undefined;
  name = '';
  role: SpanRole = 'unspecified';
  startTime = 0;
  endTime: number | undefined;
  status: SpanStatus = 'unset';
  statusMessage = '';
  /** True where the bytes are not a span; what was read until there holds. */
  readonly broken: boolean;
  readonly scope: Scope;
  readonly resource: Attributes;
  private readonly wireAttributes: WireAttributes;
  private readonly eventRanges: number[] = [];
  private readonly linkRanges: number[] = [];
  private knownEvents: readonly SpanEvent[] | undefined;
  private knownLinks: readonly SpanLink[] | undefined;
  private droppedBySender = 0;

  constructor(
    private readonly buffer: Buffer,
    origin: Origin,
  ) {
    this.scope = origin.scope;
    this.resource = origin.resource;
    this.wireAttributes = new WireAttributes(buffer);
    const reader = new WireReader(buffer);
    while (reader.next()) this.readField(reader);
    this.broken = reader.failed;
  }

  get attributes(): Attributes {
    return this.wireAttributes;
  }

  /** Attributes that our limits cut. */
  get cutAttributes(): number {
    return this.wireAttributes.cut;
  }

  get droppedAttributes(): number {
    return this.droppedBySender + this.cutAttributes;
  }

  get events(): readonly SpanEvent[] {
    return (this.knownEvents ??= mapRanges(this.eventRanges, (start, end) =>
      readEvent(this.buffer.subarray(start, end)),
    ));
  }

  get links(): readonly SpanLink[] {
    return (this.knownLinks ??= mapRanges(this.linkRanges, (start, end) =>
      readLink(this.buffer.subarray(start, end)),
    ));
  }

  private readField(reader: WireReader): void {
    switch (reader.tag) {
      case field.attributes:
        this.wireAttributes.add(reader);
        break;
      case field.traceId:
        this.traceId = readId(reader, 16);
        break;
      case field.spanId:
        this.spanId = readId(reader, 8);
        break;
      case field.parentSpanId:
        this.parentSpanId = readId(reader, 8) || undefined;
        break;
      case field.name:
        this.name = readText(reader);
        break;
      case field.kind:
        this.role = roles[reader.varint()] ?? 'unspecified';
        break;
      case field.start:
        this.startTime = reader.microseconds();
        break;
      case field.end:
        this.endTime = reader.microseconds() || undefined;
        break;
      case field.droppedAttributes:
        this.droppedBySender = reader.varint();
        break;
      case field.events:
        checkHolder(reader, { attributes: tagOf.bytes(3), ranges: this.eventRanges });
        break;
      case field.links:
        checkHolder(reader, { attributes: tagOf.bytes(4), ranges: this.linkRanges });
        break;
      case field.status:
        this.readStatus(reader);
        break;
      default:
        reader.skip();
    }
  }

  private readStatus(reader: WireReader): void {
    const outer = reader.enter();
    while (reader.next()) {
      if (reader.tag === tagOf.bytes(2)) this.statusMessage = readText(reader);
      else if (reader.tag === tagOf.varint(3)) {
        this.status = statuses[reader.varint()] ?? 'unset';
      } else reader.skip();
    }
    reader.leave(outer);
  }
}

/** A span or trace id as lower-case hex; empty where it is of another length or all zero. */
export function readId(reader: WireReader, length: 8 | 16): string {
  reader.bytes();
  if (reader.end - reader.start !== length) return '';
  const id = reader.buffer.toString('hex', reader.start, reader.end);
  return /^0+$/.test(id) ? '' : id;
}

export function readText(reader: WireReader): string {
  reader.bytes();
  return internedText(reader.buffer, reader.start, reader.end);
}

/** Checks an event or link and notes where it lies. */
function checkHolder(
  reader: WireReader,
  { attributes, ranges }: { attributes: number; ranges: number[] },
): void {
  const outer = reader.enter();
  const start = reader.position;
  const checked = new WireAttributes(reader.buffer);
  while (reader.next()) {
    if (reader.tag === attributes) checked.add(reader);
    else reader.skip();
  }
  ranges.push(start, reader.position);
  reader.leave(outer);
}

function mapRanges<T>(
  ranges: readonly number[],
  read: (start: number, end: number) => T,
): readonly T[] {
  const items: T[] = [];
  for (let i = 0; i < ranges.length; i += 2) items.push(read(ranges[i] ?? 0, ranges[i + 1] ?? 0));
  return items;
}

function readEvent(buffer: Buffer): SpanEvent {
  const attributes = new WireAttributes(buffer);
  const reader = new WireReader(buffer);
  let time = 0;
  let name = '';
  while (reader.next()) {
    if (reader.tag === tagOf.fixed64(1)) time = reader.microseconds();
    else if (reader.tag === tagOf.bytes(2)) name = readText(reader);
    else if (reader.tag === tagOf.bytes(3)) attributes.add(reader);
    else reader.skip();
  }
  return { name, time, attributes };
}

function readLink(buffer: Buffer): SpanLink {
  const attributes = new WireAttributes(buffer);
  const reader = new WireReader(buffer);
  let traceId = '';
  let spanId = '';
  while (reader.next()) {
    if (reader.tag === tagOf.bytes(1)) traceId = readId(reader, 16);
    else if (reader.tag === tagOf.bytes(2)) spanId = readId(reader, 8);
    else if (reader.tag === tagOf.bytes(4)) attributes.add(reader);
    else reader.skip();
  }
  return { traceId, spanId, attributes };
}
