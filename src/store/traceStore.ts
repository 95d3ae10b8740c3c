import type { Filter } from '../model/filter';
import type { ObservationSummary } from '../model/observation';
import type { LogBytes, SpanRecord } from '../model/record';
import type { GivenScore, ScoreKey, StoredScore } from '../model/score';
import type { GitState, TraceSummary } from '../model/trace';

/** One delivery of a span: its bytes and what they were read as. */
export interface SpanDelivery {
  readonly summary: ObservationSummary;
  readonly record: SpanRecord;
}

export interface LogDelivery {
  readonly traceId: string;
  readonly spanId: string | undefined;
  /** Microseconds since 1970. */
  readonly time: number;
  readonly record: LogBytes;
}

export interface StoreBatch {
  readonly spans: readonly SpanDelivery[];
  readonly logs: readonly LogDelivery[];
  /** Microseconds since 1970. */
  readonly receivedTime: number;
  /** Stamped on traces seen for the first time. */
  readonly git?: GitState;
}

export interface Added {
  readonly added: number;
  /** A finished span over a running one, or two deliveries united. */
  readonly replaced: number;
  readonly duplicates: number;
  /** Traces whose summary may differ from before. */
  readonly traceIds: readonly string[];
  /** Of those, the ones never seen before. */
  readonly newTraceIds: readonly string[];
}

export interface TraceQuery {
  readonly filter?: Filter;
  /** True leaves out traces without any AI observation, false gives only those. */
  readonly ai?: boolean;
  /** Only traces whose summary is linked to this run of a process. */
  readonly runId?: string;
  /** Only these traces. */
  readonly traceIds?: readonly string[];
  readonly limit: number;
  /** Continues behind this trace: traces come newest first, by start time and id. */
  readonly before?: { readonly startTime: number; readonly traceId: string };
}

export interface RowPage {
  readonly limit?: number;
  /** Continues behind this observation: rows come by start time, then by id. */
  readonly after?: { readonly startTime: number; readonly spanId: string };
}

/** All deliveries of one span, weakest first (`compareDeliveries`). */
export interface StoredSpan {
  readonly spanId: string;
  readonly deliveries: readonly [SpanRecord, ...SpanRecord[]];
}

export interface TraceScore extends StoredScore {
  readonly traceId: string;
}

/** Reads several deliveries of one span, weakest first, as one observation. */
export type Reread = (deliveries: readonly [SpanRecord, ...SpanRecord[]]) => ObservationSummary;

/**
 * Where traces live. Adding a span twice is adding it once, batches may come in any order, and
 * nothing is promised across two calls. A resolved `add` is durable: it outlives a crash of the
 * process.
 */
export interface TraceStore {
  add(batch: StoreBatch): Promise<Added>;

  /** Newest first. Rejects with a `UserError` where the filter asks for what is not indexed. */
  traces(query: TraceQuery): Promise<readonly TraceSummary[]>;
  trace(traceId: string): Promise<TraceSummary | undefined>;
  /** A full id, or the ids that start with a prefix of at least four characters, at most ten. */
  findTraceIds(prefix: string): Promise<readonly string[]>;

  rows(traceId: string, page?: RowPage): Promise<readonly ObservationSummary[]>;
  /** The bytes of the named spans; those that are not there are left out. */
  records(traceId: string, spanIds: readonly string[]): Promise<readonly StoredSpan[]>;
  logs(traceId: string): Promise<readonly LogBytes[]>;

  setStarred(traceId: string, starred: boolean): Promise<void>;
  /** Gives a score or replaces it; false where the trace is not there. The trace is then kept. */
  setScore(traceId: string, score: GivenScore): Promise<boolean>;
  removeScore(traceId: string, key: ScoreKey): Promise<void>;
  /** By name, those of the trace before those of its observations. */
  scores(traceId: string): Promise<readonly StoredScore[]>;
  /** All scores given by hand, with the traces they are of. */
  allScores(): Promise<readonly TraceScore[]>;
  /** Hides the traces at once; `purge` frees their space, until then `restore` brings them back. */
  remove(traceIds: readonly string[]): Promise<void>;
  restore(traceIds: readonly string[]): Promise<void>;
  purge(): Promise<void>;

  /** Observations of this run that still run are interrupted. Gives the traces that changed. */
  endRun(runId: string): Promise<readonly string[]>;

  /** Bytes on disk, write-ahead log included; bytes in memory for the memory store. */
  size(): Promise<number>;
  /** Deletes the oldest traces, starred and scored ones kept, until `size` is at most this. Gives their ids. */
  shrinkTo(bytes: number): Promise<readonly string[]>;
  /** Work for a quiet moment: merges small chunks, checkpoints. True while more is left. */
  tidy(): Promise<boolean>;
  close(): Promise<void>;
}
