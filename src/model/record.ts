/**
 * What is stored: the bytes of a span or log record as they arrived (secrets masked), and
 * nothing that was made of them. Protobuf messages of the OpenTelemetry protocol throughout;
 * JSON senders are re-encoded on arrival.
 */

/** A protobuf `Span` (trace.proto) with the `Resource` and `InstrumentationScope` around it. */
export interface SpanRecord {
  readonly span: Uint8Array;
  readonly resource: Uint8Array;
  readonly scope: Uint8Array;
}

/** A protobuf `LogRecord` (logs.proto) with the `Resource` and `InstrumentationScope` around it. */
export interface LogBytes {
  readonly log: Uint8Array;
  readonly resource: Uint8Array;
  readonly scope: Uint8Array;
}

/** What decides between two deliveries of one span. */
export interface DeliveryRank {
  readonly endTime: number | undefined;
  readonly bytes: Uint8Array;
}

/**
 * Orders deliveries of one span, weakest first: a running one before a finished one, then by end
 * time, then by content, so that every order of arrival leads to the same trace.
 */
export function compareDeliveries(a: DeliveryRank, b: DeliveryRank): number {
  const byEnd = (a.endTime ?? -1) - (b.endTime ?? -1);
  return byEnd !== 0 ? byEnd : compareBytes(a.bytes, b.bytes);
}

export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
