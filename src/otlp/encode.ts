import type { LogBytes, SpanRecord } from '../model/record';
import { asBuffer } from '../base/wire';
import { WireWriter } from './wireWriter';

/** The three signals of the OpenTelemetry protocol, by the last part of their paths. */
export type Signal = 'traces' | 'logs' | 'metrics';

/** Stored spans as an `ExportTraceServiceRequest`. */
export function encodeTraces(records: readonly SpanRecord[]): Uint8Array {
  return encodeRequest(
    records.map(({ span, resource, scope }) => ({ item: span, resource, scope })),
  );
}

/** Stored log records as an `ExportLogsServiceRequest`. */
export function encodeLogs(records: readonly LogBytes[]): Uint8Array {
  return encodeRequest(records.map(({ log, resource, scope }) => ({ item: log, resource, scope })));
}

/** An export response of any signal; of a full success it is no bytes at all. */
export function encodeExportResponse(rejected: number, problem: string): Uint8Array {
  const writer = new WireWriter();
  if (rejected === 0 && problem === '') return writer.finish();
  writer.message(1, () => {
    if (rejected > 0) writer.int64(1, BigInt(rejected));
    writer.text(2, problem);
  });
  return writer.finish();
}

const rejectedFields = {
  traces: 'rejectedSpans',
  logs: 'rejectedLogRecords',
  metrics: 'rejectedDataPoints',
} as const satisfies Record<Signal, string>;

/** `encodeExportResponse` in JSON. */
export function exportResponseJson(signal: Signal, rejected: number, problem: string): object {
  if (rejected === 0 && problem === '') return {};
  return { partialSuccess: { [rejectedFields[signal]]: String(rejected), errorMessage: problem } };
}

/** A `google.rpc.Status` without details; `code` is one of gRPC's. */
export function encodeStatus(code: number, message: string): Uint8Array {
  const writer = new WireWriter();
  writer.uint32(1, code);
  writer.text(2, message);
  return writer.finish();
}

/** One span or log record with what stands around it. */
export interface Enveloped {
  readonly item: Uint8Array;
  readonly resource: Uint8Array;
  readonly scope: Uint8Array;
}

/** Items with equal bytes around them, in the order in which they first come. */
export interface Group<T> {
  readonly bytes: Uint8Array;
  readonly members: readonly T[];
}

export function groupByBytes<T>(
  items: readonly T[],
  bytesOf: (item: T) => Uint8Array,
): readonly Group<T>[] {
  const groups = new Map<string, { bytes: Uint8Array; members: T[] }>();
  for (const item of items) {
    const bytes = bytesOf(item);
    const key = asBuffer(bytes).toString('latin1');
    const group = groups.get(key);
    if (group) group.members.push(item);
    else groups.set(key, { bytes, members: [item] });
  }
  return [...groups.values()];
}

function encodeRequest(items: readonly Enveloped[]): Uint8Array {
  const size = items.reduce((sum, { item }) => sum + item.length + 8, 256);
  const writer = new WireWriter(size);
  for (const ofResource of groupByBytes(items, (item) => item.resource)) {
    writer.message(1, () => {
      writer.bytes(1, ofResource.bytes);
      for (const ofScope of groupByBytes(ofResource.members, (item) => item.scope)) {
        writer.message(2, () => {
          writer.bytes(1, ofScope.bytes);
          for (const { item } of ofScope.members) writer.bytes(2, item);
        });
      }
    });
  }
  return writer.finish();
}
