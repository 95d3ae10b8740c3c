import type { DerivedBy } from '../../model/trace';
import type { Connection } from './connection';
import type { TraceKey } from './spanTable';
import type { Writer } from './writer';

/** Spans read again in one step. */
const stepSpans = 300;

/**
 * What spans mean is derived, and derived again when the readers or the prices are others: trace
 * by trace, the newest first, a few hundred spans at a time. A crash in between starts the
 * trace over; its mark is set last.
 */
export class Rereader {
  private current: { readonly trace: TraceKey; readonly after: string } | undefined;
  /** Everything that started later is derived already. */
  private before: readonly [start: number, traceId: string] = [Number.MAX_VALUE, ''];
  private done = false;

  constructor(
    private readonly options: {
      readonly connection: Connection;
      readonly writer: Writer;
      readonly derivedBy: DerivedBy;
    },
  ) {}

  /** Reads some spans again; false when every trace is derived by these readers and prices. */
  step(): boolean {
    if (this.done) return false;
    const { connection, writer, derivedBy } = this.options;
    const { trace, after } = (this.current ??= this.next()) ?? {};
    if (!trace || after === undefined) {
      this.done = true;
      return false;
    }
    writer.transaction(() => {
      const spans = connection
        .all(
          `SELECT span FROM spans WHERE trace = ? AND span > ? ORDER BY span LIMIT ${String(stepSpans)}`,
          ...[trace.id, after],
        )
        .map(([span]) => String(span));
      writer.deriveAgain(trace, spans);
      const last = spans.at(-1);
      if (last !== undefined && spans.length === stepSpans) {
        this.current = { trace, after: last };
        return;
      }
      const { dialects, prices } = derivedBy;
      connection.run(
        'UPDATE traces SET dialects = ?, prices = ?, dirty = 1 WHERE id = ?',
        ...[dialects, prices, trace.id],
      );
      this.current = undefined;
    });
    return true;
  }

  private next(): { readonly trace: TraceKey; readonly after: string } | undefined {
    const { dialects, prices } = this.options.derivedBy;
    const row = this.options.connection.get(
      `SELECT id, trace_id, start FROM traces
       WHERE removed = 0 AND spans > 0 AND (start, trace_id) < (?, ?)
         AND (dialects < ? OR (dialects = ? AND prices <> ?))
       ORDER BY start DESC, trace_id DESC LIMIT 1`,
      ...[...this.before, dialects, dialects, prices],
    );
    if (!row) return undefined;
    const [id, traceId, start] = row;
    this.before = [Number(start), String(traceId)];
    return { trace: { id: Number(id), traceId: String(traceId) }, after: '' };
  }
}
