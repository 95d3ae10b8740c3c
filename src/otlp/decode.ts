import type { LogBytes, SpanRecord } from '../model/record';
import type { LogRecord, Span } from '../model/span';
import { attributeLimit, depthLimit } from './attributes';
import { WireLog } from './logView';
import { readOrigin, readResource, readScope, WireSpan, type Origin } from './spanView';
import { asBuffer, tagOf, WireReader } from '../base/wire';

/**
 * Export requests of the OpenTelemetry protocol as spans and log records. Nothing here throws:
 * a body that is no request is `malformed`, and items that cannot be placed are counted as
 * rejected beside the good ones. Spans are views over the body, which must not change afterwards.
 */

export interface DecodedSpan {
  readonly span: Span;
  readonly record: SpanRecord;
}

export interface DecodedLog {
  readonly log: LogRecord;
  readonly record: LogBytes;
}

export interface Decoded<T> {
  readonly items: readonly T[];
  readonly rejected: number;
  /** Why some were rejected, or what is wrong with those that were not; empty when all is well. */
  readonly problem: string;
}

/** The body as a whole is not what it should be; the text says why. */
export interface Malformed {
  readonly malformed: string;
}

/** Reads an `ExportTraceServiceRequest`. */
export function decodeTraces(body: Uint8Array): Decoded<DecodedSpan> | Malformed {
  const items: DecodedSpan[] = [];
  const faults = { rejected: 0, cut: 0, backwards: 0 };
  let foreign = true;
  const broken = eachItem(body, (buffer, { origin, resource, scope }) => {
    const span = new WireSpan(buffer, origin);
    foreign &&= span.traceId === '' && span.startTime === 0;
    if (span.traceId === '' || span.spanId === '') faults.rejected++;
    else {
      items.push({ span, record: { span: buffer, resource, scope } });
      if (span.cutAttributes > 0) faults.cut++;
      if ((span.endTime ?? Infinity) < span.startTime) faults.backwards++;
    }
    return !span.broken;
  });
  if (broken) return { malformed: broken };
  // The requests of all signals have the same frame: log records sent here look like this.
  if (faults.rejected > 0 && foreign) {
    return { malformed: 'What was sent to the path for spans is none' };
  }
  return { items, rejected: faults.rejected, problem: problemOf('Spans', faults) };
}

/**
 * Reads an `ExportLogsServiceRequest`. Records outside any trace are left out without being
 * rejected: there is no place where they would be shown.
 */
export function decodeLogs(body: Uint8Array): Decoded<DecodedLog> | Malformed {
  const items: DecodedLog[] = [];
  const faults = { rejected: 0, cut: 0, backwards: 0 };
  const broken = eachItem(body, (buffer, { origin, resource, scope }) => {
    const log = new WireLog(buffer, origin);
    if (log.wrongTraceId) faults.rejected++;
    else if (log.traceId !== '') items.push({ log, record: { log: buffer, resource, scope } });
    if (log.cutAttributes > 0) faults.cut++;
    return !log.broken;
  });
  if (broken) return { malformed: broken };
  return { items, rejected: faults.rejected, problem: problemOf('Log records', faults) };
}

/** A stored span; of bytes that are broken, what can be read. */
export function decodeSpan(record: SpanRecord): Span {
  return new WireSpan(asBuffer(record.span), readOrigin(record));
}

/** A stored log record; of bytes that are broken, what can be read. */
export function decodeLog(record: LogBytes): LogRecord {
  return new WireLog(asBuffer(record.log), readOrigin(record));
}

interface Envelope {
  readonly origin: Origin;
  readonly resource: Uint8Array;
  readonly scope: Uint8Array;
}

/** Gives false where the item's bytes are broken. */
type TakeItem = (buffer: Buffer, envelope: Envelope) => boolean;

/**
 * Walks the frame that the requests of all signals share: `resource_spans 1 { resource 1,
 * scope_spans 2 { scope 1, spans 2 } }`. Gives what is wrong with it, or an empty text.
 */
function eachItem(body: Uint8Array, take: TakeItem): string {
  const reader = new WireReader(asBuffer(body));
  let broken = false;
  while (reader.next()) {
    if (reader.tag !== tagOf.bytes(1)) reader.skip();
    else {
      const outer = reader.enter();
      broken ||= !eachOfResource(reader, take);
      reader.leave(outer);
    }
  }
  if (broken) return 'The body holds a message that is cut or not protobuf';
  return reader.failed ? `The body is cut or not protobuf, at byte ${reader.position}` : '';
}

function eachOfResource(reader: WireReader, take: TakeItem): boolean {
  const start = reader.position;
  const resource = joinFields(reader, 1);
  const { value: attributes, broken } = readResource(resource);
  reader.position = start;
  let whole = !broken;
  while (reader.next()) {
    if (reader.tag !== tagOf.bytes(2)) reader.skip();
    else {
      const outer = reader.enter();
      const scopeStart = reader.position;
      const scope = joinFields(reader, 1);
      reader.position = scopeStart;
      const read = readScope(scope);
      const origin = { resource: attributes, scope: read.value };
      const envelope = { origin, resource, scope };
      if (!eachOfScope(reader, (buffer) => take(buffer, envelope)) || read.broken) whole = false;
      reader.leave(outer);
    }
  }
  return whole;
}

function eachOfScope(reader: WireReader, take: (buffer: Buffer) => boolean): boolean {
  let whole = true;
  while (reader.next()) {
    if (reader.tag !== tagOf.bytes(2)) reader.skip();
    else {
      reader.bytes();
      if (reader.failed) return false;
      if (!take(reader.buffer.subarray(reader.start, reader.end))) whole = false;
    }
  }
  return whole;
}

/**
 * The bytes of a message field of the message the reader is in. Senders may put it behind what
 * it describes, and in pieces: joined bytes are joined messages.
 */
function joinFields(reader: WireReader, field: number): Uint8Array {
  let joined: Buffer | undefined;
  while (reader.next()) {
    if (reader.tag !== tagOf.bytes(field)) reader.skip();
    else {
      reader.bytes();
      const piece = reader.buffer.subarray(reader.start, reader.end);
      joined = joined ? Buffer.concat([joined, piece]) : piece;
    }
  }
  return joined ?? new Uint8Array();
}

interface Faults {
  readonly rejected: number;
  readonly cut: number;
  readonly backwards: number;
}

function problemOf(items: string, { rejected, cut, backwards }: Faults): string {
  const faults: string[] = [];
  if (rejected > 0) {
    faults.push(
      `${items} left out: ${rejected} (a trace id has 16 bytes, a span id 8, not all of them zero)`,
    );
  }
  if (cut > 0) {
    faults.push(
      `${items} shown without all of their attributes: ${cut} ` +
        `(at most ${attributeLimit}, nested no deeper than ${depthLimit})`,
    );
  }
  if (backwards > 0) faults.push(`${items} that end before they begin: ${backwards}`);
  return faults.join('; ');
}
