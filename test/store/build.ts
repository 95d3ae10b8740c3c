import type { ObservationSummary } from '../../src/model/observation';
import type { LogBytes, SpanRecord } from '../../src/model/record';
import type { DerivedBy } from '../../src/model/trace';
import type {
  LogDelivery,
  Reread,
  SpanDelivery,
  StoreBatch,
  TraceStore,
} from '../../src/store/traceStore';

/**
 * Spans for the tests of the stores. A store never decodes, so the bytes of a span are simply
 * the JSON of its summary and a body; `reread` is their reader.
 */

/** 2026-01-01, in microseconds. */
export const newYear = 1_767_225_600_000_000;
export const second = 1_000_000;
export const derivedBy: DerivedBy = { dialects: 1, prices: 'test' };

export function traceIdOf(trace: number): string {
  return (0xabc00000 + trace).toString(16).padStart(8, '0') + '0'.repeat(24);
}

export function spanIdOf(span: number): string {
  return (span + 1).toString(16).padStart(16, '0');
}

export interface SpanSeed extends Partial<Omit<ObservationSummary, 'traceId' | 'spanId'>> {
  readonly trace?: number;
  readonly span?: number;
  /** The parent's number. */
  readonly parent?: number;
  /** What makes two deliveries of one span distinct. */
  readonly body?: string;
  readonly service?: string;
}

/** One finished observation of 1 s, unless the seed says otherwise (`endTime: undefined`). */
export function delivery(seed: SpanSeed = {}): SpanDelivery {
  const summary = summaryOf(seed);
  const { body = '', service = 'agent' } = seed;
  const record = {
    span: bytesOf(JSON.stringify({ summary, body })),
    resource: bytesOf(`resource of ${service}`),
    scope: bytesOf('scope'),
  };
  return { summary, record };
}

export function running(seed: SpanSeed = {}): SpanDelivery {
  return delivery({ ...seed, endTime: undefined, status: 'running' });
}

function summaryOf(seed: SpanSeed): ObservationSummary {
  const { trace = 0, span = 0, parent, body: _, service, ...fields } = seed;
  const startTime = fields.startTime ?? newYear + trace * second + span;
  const summary: ObservationSummary = {
    ...{ kind: 'span', name: `span ${String(span)}`, status: 'ok', level: 'info', ai: true },
    ...(parent !== undefined && { parentSpanId: spanIdOf(parent) }),
    ...(service !== undefined && { serviceName: service }),
    endTime: startTime + second,
    ...fields,
    startTime,
    traceId: traceIdOf(trace),
    spanId: spanIdOf(span),
  };
  return plain(summary);
}

/** Without the fields that are undefined. */
export function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

/** Reads what `delivery` made: the strongest wins, tags are united. */
export const reread: Reread = (deliveries) => {
  const summaries = deliveries.map(readSummary);
  const tags = [...new Set(summaries.flatMap((summary) => summary.tags ?? []))].sort();
  const united = Object.assign({}, ...summaries) as ObservationSummary;
  return tags.length > 0 ? { ...united, tags } : united;
};

function readSummary(record: SpanRecord): ObservationSummary {
  const text = new TextDecoder().decode(record.span);
  return (JSON.parse(text) as { summary: ObservationSummary }).summary;
}

export function log(seed: { trace?: number; span?: number; time?: number; body?: string } = {}) {
  const { trace = 0, span = 0, time = newYear, body = 'log' } = seed;
  const record: LogBytes = {
    log: bytesOf(JSON.stringify([time, body])),
    resource: bytesOf('resource of agent'),
    scope: bytesOf('log scope'),
  };
  const made: LogDelivery = { traceId: traceIdOf(trace), spanId: spanIdOf(span), time, record };
  return made;
}

export function batch(spans: readonly SpanDelivery[], more: Partial<StoreBatch> = {}): StoreBatch {
  return { spans, logs: [], receivedTime: newYear, ...more };
}

/** Tidies until nothing is left to do. */
export async function tidyAll(store: TraceStore): Promise<void> {
  while (await store.tidy());
}

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
