import type { ObservationSummary } from '../../model/observation';

/** What the writer knows of a trace while spans of it arrive. */
export interface HotTrace {
  readonly id: number;
  readonly traceId: string;
  /** Its observations; `undefined` above `hotRows`, which are read from the file instead. */
  rows: Map<string, ObservationSummary> | undefined;
  /** Observations of the trace. */
  count: number;
  /** Microseconds since 1970 before which the next roll-up may wait. */
  rollAfter: number;
}

/** Observations of one trace kept in memory at most. */
export const hotRows = 5_000;
/** Observations of all traces together kept in memory at most. */
const allRows = 20_000;

/** The traces that spans arrived for last, so that a live batch reads no rows back. */
export class HotTraces {
  private readonly traces = new Map<string, { readonly trace: HotTrace; readonly size: number }>();
  private rows = 0;

  get(traceId: string): HotTrace | undefined {
    return this.traces.get(traceId)?.trace;
  }

  /** Puts the trace last in the line of those to be forgotten; call it after each change. */
  keep(trace: HotTrace): void {
    this.forget(trace.traceId);
    if (trace.rows && trace.rows.size > hotRows) trace.rows = undefined;
    const size = 1 + (trace.rows?.size ?? 0);
    this.traces.set(trace.traceId, { trace, size });
    this.rows += size;
    for (const oldest of this.traces.keys()) {
      if (this.rows <= allRows || oldest === trace.traceId) break;
      this.forget(oldest);
    }
  }

  forget(traceId: string): void {
    const known = this.traces.get(traceId);
    if (!known) return;
    this.traces.delete(traceId);
    this.rows -= known.size;
  }

  clear(): void {
    this.traces.clear();
    this.rows = 0;
  }
}
