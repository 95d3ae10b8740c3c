import { setImmediate } from 'node:timers/promises';
import type { DerivedBy } from '../../model/trace';
import { sizeOnDisk } from '../files';
import { ChunkMerger } from './chunkMerger';
import type { Connection } from './connection';
import { Rereader } from './rereader';
import type { TraceKey } from './spanTable';
import type { Writer } from './writer';

export interface UpkeepOptions {
  readonly connection: Connection;
  readonly writer: Writer;
  readonly file: string;
  readonly derivedBy: DerivedBy;
  readonly now: () => number;
}

/** Logs without any span are kept for a day, in microseconds. */
const lonelyTime = 24 * 3600 * 1_000_000;
/** Traces deleted in one transaction, so that spans need not wait long. */
const deleteStep = 50;
/** Free pages given back to the system in one step. */
const vacuumStep = 2_000;
/** Resources, scopes and texts are looked through for unused ones after this many deletions. */
const sweepAfter = 1_000;

/** Deletes, merges and gives space back. */
export class StoreUpkeep {
  private deletedSinceSweep = 0;
  private readonly merger: ChunkMerger;
  private readonly rereader: Rereader;

  constructor(private readonly options: UpkeepOptions) {
    this.merger = new ChunkMerger(options);
    this.rereader = new Rereader(options);
  }

  private size(): number {
    return sizeOnDisk(this.options.file);
  }

  /** Frees what was removed, and logs whose spans never came. */
  async purge(): Promise<void> {
    const { now } = this.options;
    const lonely = now() - lonelyTime;
    let purged = await this.deleteAll('removed = 1');
    purged += await this.deleteAll(`spans = 0 AND updated < ${String(lonely)}`);
    if (purged > 0) await this.giveBack();
  }

  /** Deletes traces step by step; gives their number. */
  private async deleteAll(condition: string): Promise<number> {
    const { connection } = this.options;
    const select = `SELECT id FROM traces WHERE ${condition} LIMIT ${String(deleteStep)}`;
    let deleted = 0;
    for (;;) {
      const ids = connection.all(select).map(([id]) => Number(id));
      if (ids.length === 0) return deleted;
      this.delete(ids);
      deleted += ids.length;
      await setImmediate();
    }
  }

  async shrinkTo(bytes: number): Promise<readonly string[]> {
    if (this.size() <= bytes) return [];
    await this.purge();
    await this.giveBack();
    const deleted: string[] = [];
    while (this.size() > bytes && this.usedBytes() > bytes) {
      const oldest = this.oldest(this.usedBytes() - bytes);
      if (oldest.length === 0) break;
      this.delete(oldest.map(({ id }) => id));
      deleted.push(...oldest.map(({ traceId }) => traceId));
      await setImmediate();
    }
    if (deleted.length > 0) await this.giveBack();
    return deleted;
  }

  /** Does one piece of work; false when none is left. */
  async tidy(): Promise<boolean> {
    const { writer, connection } = this.options;
    if (writer.hasDirty()) {
      writer.transaction(() => writer.rollUpDirty());
      return true;
    }
    if (this.rereader.step() || this.merger.step()) return true;
    if (connection.number('PRAGMA freelist_count') > vacuumStep) {
      await this.giveBack();
      return true;
    }
    connection.all('PRAGMA wal_checkpoint(PASSIVE)');
    return false;
  }

  /** Pages in use; those that are free or in the log can be given back. */
  private usedBytes(): number {
    const { connection } = this.options;
    const pages =
      connection.number('PRAGMA page_count') - connection.number('PRAGMA freelist_count');
    return pages * connection.number('PRAGMA page_size');
  }

  /** The oldest traces that together hold about as many bytes as asked for. */
  private oldest(excess: number): readonly TraceKey[] {
    const rows = this.options.connection.all(
      `SELECT t.id, t.trace_id,
         t.spans * 300 + (SELECT ifnull(sum(length(c.data)), 0) FROM chunks c WHERE c.trace = t.id)
       FROM traces t WHERE t.removed = 0 AND t.spans > 0 AND t.starred = 0
         AND NOT EXISTS (SELECT 1 FROM scores s WHERE s.trace = t.id)
       ORDER BY t.start, t.trace_id LIMIT ${String(deleteStep)}`,
    );
    const oldest: TraceKey[] = [];
    let found = 0;
    for (const [id, traceId, bytes] of rows) {
      if (found >= excess) break;
      oldest.push({ id: Number(id), traceId: String(traceId) });
      found += Number(bytes);
    }
    return oldest;
  }

  private delete(ids: readonly number[]): void {
    const { writer, connection } = this.options;
    writer.transaction(() => {
      writer.forget();
      connection.run(`UPDATE marks SET deletions = deletions + 1,
        trace = max(trace, (SELECT ifnull(max(id), 0) FROM traces)),
        chunk = max(chunk, (SELECT ifnull(max(id), 0) FROM chunks))`);
      for (const id of ids) {
        for (const table of ['spans', 'deliveries', 'logs', 'chunks', 'scores']) {
          connection.run(`DELETE FROM ${table} WHERE trace = ?`, id);
        }
        connection.run('DELETE FROM traces WHERE id = ?', id);
      }
    });
    this.deletedSinceSweep += ids.length;
  }

  /** Shrinks the file by its free pages, in steps that let others write in between. */
  private async giveBack(): Promise<void> {
    const { connection } = this.options;
    if (this.deletedSinceSweep >= sweepAfter) this.sweep();
    for (let free = Infinity; ;) {
      const left = connection.number('PRAGMA freelist_count');
      if (left === 0 || left >= free) break;
      free = left;
      connection.all(`PRAGMA incremental_vacuum(${String(vacuumStep)})`);
      connection.all('PRAGMA wal_checkpoint(PASSIVE)');
      await setImmediate();
    }
    connection.all('PRAGMA wal_checkpoint(TRUNCATE)');
  }

  /** Deletes what no span or log refers to any more. */
  private sweep(): void {
    const { writer, connection } = this.options;
    writer.transaction(() => {
      writer.forget();
      connection.exec(`
        DELETE FROM shared WHERE id NOT IN (
          SELECT resource FROM spans WHERE resource IS NOT NULL
          UNION SELECT scope FROM spans WHERE scope IS NOT NULL
          UNION SELECT resource FROM deliveries UNION SELECT scope FROM deliveries
          UNION SELECT resource FROM logs UNION SELECT scope FROM logs);
        DELETE FROM origins WHERE id NOT IN (SELECT origin FROM spans);
        DELETE FROM shapes WHERE id NOT IN (SELECT shape FROM spans);
        DELETE FROM names WHERE id NOT IN (
          SELECT name FROM spans
          UNION SELECT model FROM spans WHERE model IS NOT NULL
          UNION SELECT agent FROM spans WHERE agent IS NOT NULL
          UNION SELECT tool FROM spans WHERE tool IS NOT NULL);`);
    });
    this.deletedSinceSweep = 0;
  }
}
