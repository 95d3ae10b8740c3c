import type { Attributes, LogRecord, Scope } from '../model/span';
import type { Value } from '../model/value';
import { checkValue, readValue, WireAttributes } from './attributes';
import { readId, readText, type Origin } from './spanView';
import { tagOf, WireReader } from '../base/wire';

/** Fields of `LogRecord` (logs.proto) by tag. */
const field = {
  time: tagOf.fixed64(1),
  severity: tagOf.varint(2),
  body: tagOf.bytes(5),
  attributes: tagOf.bytes(6),
  traceId: tagOf.bytes(9),
  spanId: tagOf.bytes(10),
  observedTime: tagOf.fixed64(11),
  eventName: tagOf.bytes(12),
} as const;

/** A view over the bytes of one `LogRecord`; its body and attributes are read when asked for. */
export class WireLog implements LogRecord {
  /** Empty where the record stands outside any trace. */
  traceId = '';
  spanId: string | undefined;
  severity = 0;
  /** True where the bytes are not a log record; what was read until there holds. */
  readonly broken: boolean;
  /** True where there is a trace id, but not one that can be. */
  wrongTraceId = false;
  readonly scope: Scope;
  readonly resource: Attributes;
  private readonly wireAttributes: WireAttributes;
  private sentTime = 0;
  private observedTime = 0;
  private sentEventName = '';
  private bodyStart = 0;
  private bodyEnd = -1;

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

  get time(): number {
    return this.sentTime || this.observedTime;
  }

  get eventName(): string {
    if (this.sentEventName !== '') return this.sentEventName;
    // LiteLLM has an underscore there.
    const name = this.wireAttributes.get('event.name') ?? this.wireAttributes.get('event_name');
    return typeof name === 'string' ? name : '';
  }

  get attributes(): Attributes {
    return this.wireAttributes;
  }

  /** Attributes that our limits cut. */
  get cutAttributes(): number {
    return this.wireAttributes.cut;
  }

  get body(): Value | undefined {
    if (this.bodyEnd < 0) return undefined;
    return readValue(new WireReader(this.buffer, this.bodyStart, this.bodyEnd), 0);
  }

  private readField(reader: WireReader): void {
    switch (reader.tag) {
      case field.time:
        this.sentTime = reader.microseconds();
        break;
      case field.observedTime:
        this.observedTime = reader.microseconds();
        break;
      case field.severity:
        this.severity = reader.varint();
        break;
      case field.body:
        this.checkBody(reader);
        break;
      case field.attributes:
        this.wireAttributes.add(reader);
        break;
      case field.traceId:
        this.traceId = readId(reader, 16);
        this.wrongTraceId = this.traceId === '' && ![0, 16].includes(reader.end - reader.start);
        break;
      case field.spanId:
        this.spanId = readId(reader, 8) || undefined;
        break;
      case field.eventName:
        this.sentEventName = readText(reader);
        break;
      default:
        reader.skip();
    }
  }

  private checkBody(reader: WireReader): void {
    const outer = reader.enter();
    this.bodyStart = reader.position;
    checkValue(reader, 0);
    this.bodyEnd = reader.position;
    reader.leave(outer);
  }
}
