import { createHash } from 'node:crypto';
import type { ObservationSummary } from '../../model/observation';
import type { SpanRecord } from '../../model/record';
import { keepDeliveries, type RankedRecord } from '../deliveries';
import type { LogDelivery, Reread, SpanDelivery } from '../traceStore';
import type { ChunkReader, ChunkWriter } from './chunks';
import type { Connection, SqlValue } from './connection';
import type { HotTrace } from './hotTraces';
import { writtenColumns } from './spanRow';
import { pointerColumns, type Pointer, type SpanTable } from './spanTable';

export type Outcome = 'added' | 'replaced' | 'duplicates';

/** The trace that deliveries go to, and where their bytes go. */
export interface Target {
  readonly trace: HotTrace;
  readonly chunks: ChunkWriter;
  readonly reader: ChunkReader;
}

/** A delivery of one span that is stored already, or about to be. */
interface Candidate extends RankedRecord {
  readonly pointer: Pointer | undefined;
}

const insertSpan = `INSERT OR REPLACE INTO spans
  (trace, ${writtenColumns.join(', ')}, chunk, offset, length, resource, scope)
  VALUES (?, ${writtenColumns.map(() => '?').join(', ')}, ?, ?, ?, ?, ?)`;

const insertDelivery = `INSERT INTO deliveries (trace, span, place, ${pointerColumns})
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** Writes deliveries of spans and logs as rows; call it within a transaction. */
export class DeliveryWriter {
  /** What is known of runs in this batch: true where they have ended. */
  private readonly runs = new Map<string, boolean>();

  constructor(
    private readonly options: {
      readonly connection: Connection;
      readonly table: SpanTable;
      readonly reread: Reread;
    },
  ) {}

  /** Forgets what was looked up for the batch before. */
  begin(): void {
    this.runs.clear();
    this.options.table.shared.begin();
  }

  add(target: Target, delivery: SpanDelivery): Outcome {
    const { summary, record } = delivery;
    const stored = this.isKnown(target.trace, summary.spanId)
      ? this.options.table.pointers(target.trace.id, summary.spanId)
      : [];
    const strongest = stored.at(-1);
    const startOnly = strongest !== undefined && strongest.endTime === undefined;
    if (!strongest || (startOnly && summary.endTime !== undefined)) {
      if (stored.length > 1) this.dropDeliveries(target.trace.id, summary.spanId);
      this.writeSpan(target, summary, this.place(target, delivery));
      if (!strongest) target.trace.count++;
      return strongest ? 'replaced' : 'added';
    }
    if (!startOnly && summary.endTime === undefined) return 'duplicates';
    const incoming = { endTime: summary.endTime, record, pointer: undefined };
    return this.unite(target, delivery, [...this.candidates(target, stored), incoming]);
  }

  /** False where the log is there already. */
  addLog({ trace, chunks }: Target, { spanId, time, record }: LogDelivery): boolean {
    const { connection, table } = this.options;
    const hash = createHash('sha1').update(record.log).digest();
    const [resource, scope] = [table.shared.id(record.resource), table.shared.id(record.scope)];
    const key = [trace.id, time, hash, resource, scope];
    const known = connection.get(
      `SELECT 1 FROM logs WHERE trace = ? AND time = ? AND hash = ? AND resource = ? AND scope = ?`,
      ...key,
    );
    if (known) return false;
    const { chunk, offset, length } = chunks.append(record.log);
    connection.run(
      `INSERT INTO logs (trace, time, hash, resource, scope, span, chunk, offset, length)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[...key, spanId ?? null, chunk, offset, length],
    );
    return true;
  }

  /** Reads a stored span again from its bytes; one whose bytes are lost stays as it is. */
  deriveAgain({ trace, reader }: Omit<Target, 'chunks'>, spanId: string): void {
    const { table, reread } = this.options;
    const stored = table.pointers(trace.id, spanId);
    if (!stored.every(({ place }) => place.length === 0 || reader.isSound(place.chunk))) return;
    const [first, ...others] = stored.map((pointer) => table.record(pointer, reader));
    if (!first) return;
    const summary = { ...reread([first, ...others]), traceId: trace.traceId, spanId };
    this.writeSpan({ trace }, summary, others.length === 0 ? stored[0] : undefined);
  }

  private isKnown(trace: HotTrace, spanId: string): boolean {
    if (trace.count === 0) return false;
    if (trace.rows) return trace.rows.has(spanId);
    const { connection } = this.options;
    const known = connection.get(
      'SELECT 1 FROM spans WHERE trace = ? AND span = ?',
      ...[trace.id, spanId],
    );
    return known !== undefined;
  }

  private candidates({ reader }: Target, stored: readonly Pointer[]): readonly Candidate[] {
    return stored.map((pointer) => ({
      endTime: pointer.endTime,
      record: this.options.table.record(pointer, reader),
      pointer,
    }));
  }

  /** Keeps what stays of several deliveries of equal standing. */
  private unite(target: Target, delivery: SpanDelivery, candidates: readonly Candidate[]): Outcome {
    const kept = keepDeliveries(candidates);
    if (kept.every(({ pointer }) => pointer !== undefined)) return 'duplicates';
    const placed = kept.map(({ pointer }) => pointer ?? this.place(target, delivery));
    const { spanId } = delivery.summary;
    this.dropDeliveries(target.trace.id, spanId);
    const [first, ...others] = kept.map(({ record }) => record);
    if (!first || others.length === 0) {
      this.writeSpan(target, delivery.summary, placed[0]);
      return 'replaced';
    }
    const records: [SpanRecord, ...SpanRecord[]] = [first, ...others];
    this.writeSpan(target, this.options.reread(records), undefined);
    for (const [place, pointer] of placed.entries()) {
      this.options.connection.run(
        insertDelivery,
        ...[target.trace.id, spanId, place, pointer.endTime ?? null, ...pointerValues(pointer)],
      );
    }
    return 'replaced';
  }

  private dropDeliveries(trace: number, spanId: string): void {
    const { connection } = this.options;
    connection.run('DELETE FROM deliveries WHERE trace = ? AND span = ?', trace, spanId);
  }

  private place({ chunks }: Target, { summary, record }: SpanDelivery): Pointer {
    const { shared } = this.options.table;
    return {
      endTime: summary.endTime,
      place: chunks.append(record.span),
      resource: shared.id(record.resource),
      scope: shared.id(record.scope),
    };
  }

  /** Without a pointer the deliveries are found in their own table. */
  private writeSpan(
    { trace }: Pick<Target, 'trace'>,
    summary: ObservationSummary,
    pointer: Pointer | undefined,
  ): void {
    const { connection, table } = this.options;
    const row = this.interrupted(summary);
    const place = pointer ? pointerValues(pointer) : [null, null, null, null, null];
    connection.run(insertSpan, ...[trace.id, ...table.rows.values(row), ...place]);
    trace.rows?.set(row.spanId, row);
  }

  /** What reports itself as running in a run that has ended was interrupted. */
  private interrupted(summary: ObservationSummary): ObservationSummary {
    const runId = summary.run?.runId;
    if (summary.status !== 'running' || runId === undefined || !this.hasEnded(runId)) {
      return summary;
    }
    return { ...summary, status: 'interrupted' };
  }

  private hasEnded(runId: string): boolean {
    const known = this.runs.get(runId);
    if (known !== undefined) return known;
    const { connection } = this.options;
    const ended = connection.get('SELECT 1 FROM ended_runs WHERE run = ?', runId) !== undefined;
    this.runs.set(runId, ended);
    return ended;
  }
}

function pointerValues({ place, resource, scope }: Pointer): readonly SqlValue[] {
  return [place.chunk, place.offset, place.length, resource, scope];
}
