import { observationStatuses, type ObservationSummary } from '../../model/observation';
import type { DerivedBy } from '../../model/trace';
import type { Added, LogDelivery, Reread, SpanDelivery, StoreBatch } from '../traceStore';
import { ChunkIds, ChunkReader, ChunkWriter } from './chunks';
import type { Connection } from './connection';
import { DeliveryWriter, type Outcome } from './deliveryWriter';
import { HotTraces, hotRows, type HotTrace } from './hotTraces';
import type { SpanTable, TraceKey } from './spanTable';
import { writeRollUp } from './traceRow';

export interface WriterOptions {
  readonly connection: Connection;
  readonly table: SpanTable;
  readonly reread: Reread;
  readonly derivedBy: DerivedBy;
  readonly now: () => number;
}

/** Traces of at most this many observations are rolled up with every batch. */
const smallTrace = 200;
/** Larger ones at most four times a second, in microseconds. */
const rollUpInterval = 250_000;
/** A roll-up that takes long may take at most a twentieth of the time. */
const rollUpShare = 20;

interface Group {
  readonly spans: SpanDelivery[];
  readonly logs: LogDelivery[];
}

/** A trace a batch was added to. */
interface Touched {
  readonly changed: boolean;
  readonly visible: boolean;
  readonly fresh: boolean;
}

/**
 * Adds batches, each in one transaction. Small traces are rolled up at once. A large one is
 * marked dirty in that same transaction and rolled up when it is due, when it is read, or in a
 * quiet moment: a crash in between leaves the mark, never a stale summary that looks sound.
 */
export class Writer {
  private readonly hot = new HotTraces();
  private readonly ids: ChunkIds;
  private readonly deliveries: DeliveryWriter;
  private dataVersion: number;

  constructor(private readonly options: WriterOptions) {
    const { connection, table, reread } = options;
    this.ids = new ChunkIds(connection);
    this.deliveries = new DeliveryWriter({ connection, table, reread });
    this.dataVersion = connection.number('PRAGMA data_version');
  }

  add(batch: StoreBatch): Added {
    return this.transaction(() => {
      const counts: Record<Outcome, number> = { added: 0, replaced: 0, duplicates: 0 };
      const traceIds: string[] = [];
      const newTraceIds: string[] = [];
      this.deliveries.begin();
      for (const [traceId, group] of groupByTrace(batch)) {
        const touched = this.addGroup(traceId, group, { batch, counts });
        if (!touched.changed || !touched.visible) continue;
        traceIds.push(traceId);
        if (touched.fresh) newTraceIds.push(traceId);
      }
      return { ...counts, traceIds, newTraceIds };
    });
  }

  /** Runs a change of the store; whatever was remembered is forgotten when it fails. */
  transaction<T>(body: () => T): T {
    const { connection } = this.options;
    try {
      return connection.write(() => {
        const dataVersion = connection.number('PRAGMA data_version');
        if (dataVersion !== this.dataVersion) this.forget();
        this.dataVersion = dataVersion;
        return body();
      });
    } catch (error) {
      this.forget();
      throw error;
    }
  }

  /** For changes of traces that did not go through `add`. */
  forget(): void {
    this.hot.clear();
    this.ids.forget();
    this.options.table.forget();
  }

  /** Rolls up every trace that lags; call it within `transaction`. */
  rollUpDirty(): void {
    const rows = this.options.connection.all('SELECT id, trace_id FROM traces WHERE dirty = 1');
    for (const [id, traceId] of rows) {
      this.rollUp(this.hot.get(String(traceId)) ?? cold(Number(id), String(traceId)));
    }
  }

  hasDirty(): boolean {
    return this.options.connection.number('SELECT 1 FROM traces WHERE dirty = 1 LIMIT 1') === 1;
  }

  /** Interrupts what still runs in the run; gives the traces that changed and can be seen. */
  endRun(runId: string): readonly string[] {
    return this.transaction(() => {
      const { connection } = this.options;
      connection.run('INSERT OR IGNORE INTO ended_runs (run) VALUES (?)', runId);
      const running = connection.all(
        `SELECT s.trace, s.span, t.trace_id, t.removed FROM spans s
         JOIN origins o ON o.id = s.origin JOIN traces t ON t.id = s.trace
         WHERE s.status = 0 AND json_extract(o.text, '$.run.runId') = ?`,
        runId,
      );
      const interrupted = observationStatuses.indexOf('interrupted');
      const changed = new Map<string, boolean>();
      for (const [trace, span, traceId, removed] of running) {
        connection.run(
          'UPDATE spans SET status = ? WHERE trace = ? AND span = ?',
          ...[interrupted, Number(trace), String(span)],
        );
        connection.run('UPDATE traces SET dirty = 1 WHERE id = ?', Number(trace));
        this.hot.forget(String(traceId));
        changed.set(String(traceId), removed === 0);
      }
      this.rollUpDirty();
      return [...changed].flatMap(([traceId, visible]) => (visible ? traceId : []));
    });
  }

  /** Reads spans of a trace again from their bytes; the trace's roll-up is then due. */
  deriveAgain(key: TraceKey, spanIds: readonly string[]): void {
    const { connection } = this.options;
    this.hot.forget(key.traceId);
    this.deliveries.begin();
    const target = { trace: cold(key.id, key.traceId), reader: new ChunkReader(connection) };
    for (const spanId of spanIds) this.deliveries.deriveAgain(target, spanId);
    connection.run('UPDATE traces SET dirty = 1 WHERE id = ? AND spans > 0', key.id);
  }

  chunkWriter(trace: number, effort: 'fast' | 'small', sources?: number): ChunkWriter {
    return new ChunkWriter(this.options.connection, { trace, effort, sources, ids: this.ids });
  }

  private addGroup(
    traceId: string,
    { spans, logs }: Group,
    { batch, counts }: { batch: StoreBatch; counts: Record<Outcome, number> },
  ): Touched {
    const { connection } = this.options;
    const { trace, removed } = this.open(traceId);
    const before = trace.count;
    const chunks = this.chunkWriter(trace.id, 'fast');
    const target = { trace, chunks, reader: new ChunkReader(connection, chunks) };
    let changed = false;
    for (const delivery of spans) {
      const outcome = this.deliveries.add(target, delivery);
      counts[outcome]++;
      changed ||= outcome !== 'duplicates';
    }
    for (const log of logs) changed = this.deliveries.addLog(target, log) || changed;
    chunks.flush();
    if (changed) this.touch(trace, batch, before);
    this.hot.keep(trace);
    return { changed, visible: !removed && trace.count > 0, fresh: before === 0 };
  }

  /** Finds or makes the trace's row, with its observations where they are few. */
  private open(traceId: string): { trace: HotTrace; removed: boolean } {
    const { connection, derivedBy, table } = this.options;
    const row = connection.get('SELECT id, spans, removed FROM traces WHERE trace_id = ?', traceId);
    const known = this.hot.get(traceId);
    if (row && known) return { trace: known, removed: row[2] === 1 };
    if (!row) {
      const id = connection.number(
        `INSERT INTO traces (id, trace_id, dialects, prices)
         SELECT max(ifnull((SELECT max(id) FROM traces), 0), trace) + 1, ?, ?, ? FROM marks
         RETURNING id`,
        ...[traceId, derivedBy.dialects, derivedBy.prices],
      );
      return { trace: { id, traceId, rows: new Map(), count: 0, rollAfter: 0 }, removed: false };
    }
    const [id, count, removed] = row.map(Number);
    const trace = { ...cold(id ?? 0, traceId), count: count ?? 0 };
    if (trace.count <= hotRows) {
      trace.rows = new Map(table.summaries(trace).map((summary) => [summary.spanId, summary]));
    }
    return { trace, removed: removed === 1 };
  }

  private touch(trace: HotTrace, { receivedTime, git }: StoreBatch, before: number): void {
    const { connection, now } = this.options;
    const due = trace.count <= smallTrace || now() >= trace.rollAfter;
    connection.run(
      'UPDATE traces SET spans = ?, updated = max(updated, ?) WHERE id = ?',
      ...[trace.count, receivedTime, trace.id],
    );
    connection.run('UPDATE traces SET loose = 1 WHERE id = ? AND loose = 0', trace.id);
    if (!due) connection.run('UPDATE traces SET dirty = 1 WHERE id = ? AND dirty = 0', trace.id);
    if (before === 0 && trace.count > 0 && git) {
      connection.run('UPDATE traces SET git = ? WHERE id = ?', JSON.stringify(git), trace.id);
    }
    if (due && trace.count > 0) this.rollUp(trace);
  }

  private rollUp(trace: HotTrace): void {
    const { connection, table, now } = this.options;
    const started = performance.now();
    const rows: readonly ObservationSummary[] = trace.rows
      ? [...trace.rows.values()]
      : table.summaries(trace);
    if (rows.length > 0) writeRollUp(connection, { table: 'traces', trace: trace.id }, rows);
    const took = (performance.now() - started) * 1000;
    trace.rollAfter = now() + Math.max(rollUpInterval, took * rollUpShare);
  }
}

function cold(id: number, traceId: string): HotTrace {
  return { id, traceId, rows: undefined, count: 0, rollAfter: 0 };
}

function groupByTrace({ spans, logs }: StoreBatch): ReadonlyMap<string, Group> {
  const groups = new Map<string, Group>();
  const groupOf = (traceId: string): Group => {
    const known = groups.get(traceId);
    if (known) return known;
    const group: Group = { spans: [], logs: [] };
    groups.set(traceId, group);
    return group;
  };
  for (const delivery of spans) groupOf(delivery.summary.traceId).spans.push(delivery);
  for (const log of logs) groupOf(log.traceId).logs.push(log);
  return groups;
}
