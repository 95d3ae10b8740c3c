import { setImmediate } from 'node:timers/promises';
import type { ObservationSummary } from '../../model/observation';
import type { LogBytes, SpanRecord } from '../../model/record';
import type { GivenScore, ScoreKey, StoredScore } from '../../model/score';
import type { TraceSummary } from '../../model/trace';
import { refuseUnsearchable } from '../searchable';
import { sizeOnDisk } from '../files';
import type {
  Added,
  RowPage,
  StoreBatch,
  StoredSpan,
  TraceQuery,
  TraceScore,
  TraceStore,
} from '../traceStore';
import { ChunkReader } from './chunks';
import type { Connection } from './connection';
import { explain, isCorruption } from './faults';
import { deleteScore, readAllScores, readScores, writeScore } from './scores';
import type { SpanTable } from './spanTable';
import type { TraceList } from './traceList';
import type { StoreUpkeep } from './upkeep';
import type { Writer } from './writer';

/** What only the connection that writes has. */
export interface WriteSide {
  readonly writer: Writer;
  readonly upkeep: StoreUpkeep;
}

/** A connection with all that works over it. */
export interface SqliteParts {
  readonly file: string;
  /** Microseconds since 1970. */
  readonly now: () => number;
  readonly connection: Connection;
  readonly table: SpanTable;
  readonly list: TraceList;
  readonly write?: WriteSide;
  /** Moves the damaged file aside and opens a new one. */
  readonly recover?: () => SqliteParts;
}

/** A `TraceStore` over one connection to a file. */
export class SqliteStore implements TraceStore {
  constructor(private parts: SqliteParts) {}

  async add(batch: StoreBatch): Promise<Added> {
    return this.change(({ writer }) => this.addOrRecover(writer, batch));
  }

  async traces(query: TraceQuery): Promise<readonly TraceSummary[]> {
    if (query.filter) refuseUnsearchable(query.filter);
    if (!query.filter || query.traceIds) return this.read(({ list }) => list.list(query));
    const found: TraceSummary[] = [];
    let { before } = query;
    for (;;) {
      const rest = { ...query, before, limit: query.limit - found.length };
      const part = this.read(({ list }) => list.part(rest));
      found.push(...part.traces);
      if (!part.next || found.length >= query.limit) return found;
      before = part.next;
      // Other questions are answered in between.
      await setImmediate();
    }
  }

  async trace(traceId: string): Promise<TraceSummary | undefined> {
    return this.read(({ list }) => list.trace(traceId));
  }

  async findTraceIds(prefix: string): Promise<readonly string[]> {
    return this.read(({ list }) => list.findTraceIds(prefix));
  }

  async rows(traceId: string, page?: RowPage): Promise<readonly ObservationSummary[]> {
    return this.read(({ list, table }) => {
      const key = list.key(traceId);
      return key ? table.summaries(key, page) : [];
    });
  }

  async records(traceId: string, spanIds: readonly string[]): Promise<readonly StoredSpan[]> {
    return this.read(({ connection, list, table }) => {
      const key = list.key(traceId);
      if (!key) return [];
      const chunks = new ChunkReader(connection);
      return [...new Set(spanIds)].flatMap((spanId) => {
        const pointers = table.pointers(key.id, spanId);
        const [first, ...others] = pointers.map((pointer) => table.record(pointer, chunks));
        if (!first) return [];
        const deliveries: [SpanRecord, ...SpanRecord[]] = [first, ...others];
        return { spanId, deliveries };
      });
    });
  }

  async logs(traceId: string): Promise<readonly LogBytes[]> {
    return this.read(({ connection, list, table }) => {
      const key = list.key(traceId);
      return key ? table.logs(key.id, new ChunkReader(connection)) : [];
    });
  }

  async setStarred(traceId: string, starred: boolean): Promise<void> {
    this.change(() => {
      const sql = 'UPDATE traces SET starred = ? WHERE trace_id = ?';
      this.parts.connection.run(sql, Number(starred), traceId);
    });
  }

  async setScore(traceId: string, score: GivenScore): Promise<boolean> {
    const { connection, now } = this.parts;
    return this.change(() => writeScore(connection, traceId, { ...score, time: now() }));
  }

  async removeScore(traceId: string, key: ScoreKey): Promise<void> {
    this.change(() => deleteScore(this.parts.connection, traceId, key));
  }

  async scores(traceId: string): Promise<readonly StoredScore[]> {
    return this.read(({ connection }) => readScores(connection, traceId));
  }

  async allScores(): Promise<readonly TraceScore[]> {
    return this.read(({ connection }) => readAllScores(connection));
  }

  async remove(traceIds: readonly string[]): Promise<void> {
    this.setRemoved(traceIds, true);
  }

  async restore(traceIds: readonly string[]): Promise<void> {
    this.setRemoved(traceIds, false);
  }

  async purge(): Promise<void> {
    await this.maintain(({ upkeep }) => upkeep.purge());
  }

  async endRun(runId: string): Promise<readonly string[]> {
    return this.change(({ writer }) => writer.endRun(runId));
  }

  async size(): Promise<number> {
    return sizeOnDisk(this.parts.file);
  }

  async shrinkTo(bytes: number): Promise<readonly string[]> {
    return this.maintain(({ upkeep }) => upkeep.shrinkTo(bytes));
  }

  async tidy(): Promise<boolean> {
    return this.maintain(({ upkeep }) => upkeep.tidy());
  }

  async close(): Promise<void> {
    const { connection } = this.parts;
    try {
      this.explained(() => this.rollUpDirty());
    } finally {
      connection.close();
    }
  }

  /** What arrives is not lost to damage done before. */
  private addOrRecover(writer: Writer, batch: StoreBatch): Added {
    try {
      return writer.add(batch);
    } catch (error) {
      if (!isCorruption(error) || !this.parts.recover) throw error;
      this.parts.connection.close();
      this.parts = this.parts.recover();
      return this.writeSide().writer.add(batch);
    }
  }

  private setRemoved(traceIds: readonly string[], removed: boolean): void {
    this.change(({ writer }) =>
      writer.transaction(() => {
        const sql = 'UPDATE traces SET removed = ? WHERE trace_id = ?';
        for (const id of traceIds) this.parts.connection.run(sql, Number(removed), id);
      }),
    );
  }

  /** One state of the database for all that one question reads. */
  private read<T>(question: (parts: SqliteParts) => T): T {
    const { parts } = this;
    return this.explained(() => {
      this.rollUpDirty();
      return parts.connection.snapshot(() => question(parts));
    });
  }

  /** The writer can write down what lags; a reader rolls it up for itself. */
  private rollUpDirty(): void {
    const writer = this.parts.write?.writer;
    if (writer?.hasDirty()) writer.transaction(() => writer.rollUpDirty());
  }

  private change<T>(work: (write: WriteSide) => T): T {
    return this.explained(() => work(this.writeSide()));
  }

  private async maintain<T>(work: (write: WriteSide) => Promise<T>): Promise<T> {
    try {
      return await work(this.writeSide());
    } catch (error) {
      throw explain(error, this.parts.file);
    }
  }

  private explained<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw explain(error, this.parts.file);
    }
  }

  private writeSide(): WriteSide {
    if (!this.parts.write) throw new Error('This connection only reads');
    return this.parts.write;
  }
}
