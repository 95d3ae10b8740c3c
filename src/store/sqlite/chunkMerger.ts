import { chunkBytes, chunkRecords, ChunkReader, placeOf, type Place } from './chunks';
import type { Connection } from './connection';
import type { Writer } from './writer';

/** Silence after which a trace's chunks are merged: 10 s, in microseconds. */
const quietTime = 10_000_000;
/** Bytes, before compression, that one step takes on. */
const stepBytes = 4 * 1024 * 1024;
/** Traces that one step looks at. */
const stepTraces = 100;

interface MergerOptions {
  readonly connection: Connection;
  readonly writer: Writer;
  readonly now: () => number;
}

interface SmallChunk {
  readonly id: number;
  /** Bytes before compression. */
  readonly size: number;
}

/**
 * Live traces arrive in chunks of a few spans, which compress badly. When a trace has been quiet
 * for a while, its small chunks become large ones, without what no row refers to any more.
 */
export class ChunkMerger {
  constructor(private readonly options: MergerOptions) {}

  /** Does one step; false when no quiet trace has loose chunks. */
  step(): boolean {
    const { connection, writer, now } = this.options;
    const select = 'SELECT id FROM traces WHERE loose = 1 AND updated <= ? LIMIT ?';
    const traces = connection.all(select, now() - quietTime, stepTraces).map(([id]) => Number(id));
    if (traces.length === 0) return false;
    writer.transaction(() => {
      let budget = stepBytes;
      for (const trace of traces) {
        budget -= this.mergeSome(trace);
        if (budget <= 0) break;
      }
    });
    return true;
  }

  /** Merges small chunks of a trace, at most `stepBytes` of them; gives the bytes it took on. */
  private mergeSome(trace: number): number {
    const { connection } = this.options;
    const small = connection
      .all(
        'SELECT id, size FROM chunks WHERE trace = ? AND records < ? AND size < ? ORDER BY id',
        ...[trace, chunkRecords / 4, chunkBytes / 4],
      )
      .map(([id, size]) => ({ id: Number(id), size: Number(size) }));
    const taken = firstBytes(small, stepBytes);
    const merged = taken.length > 1 && this.merge(trace, taken);
    if (!merged || taken.length === small.length) {
      connection.run('UPDATE traces SET loose = 0 WHERE id = ?', trace);
    }
    return merged ? taken.reduce((sum, { size }) => sum + size, 0) : 0;
  }

  /** False, and nothing is changed, where a chunk cannot be read. */
  private merge(trace: number, small: readonly SmallChunk[]): boolean {
    const { connection, writer } = this.options;
    const reader = new ChunkReader(connection);
    const ids = new Set(small.map(({ id }) => id));
    if (![...ids].every((id) => reader.isSound(id))) return false;
    const chunks = writer.chunkWriter(trace, 'small', Math.max(...ids));
    const move = (place: Place) =>
      ids.has(place.chunk) ? chunks.append(reader.read(place)) : undefined;
    this.moveRecords({ trace, table: 'spans', key: ['span'] }, move);
    this.moveRecords({ trace, table: 'deliveries', key: ['span', 'place'] }, move);
    this.moveRecords({ trace, table: 'logs', key: ['time', 'hash', 'resource', 'scope'] }, move);
    chunks.flush();
    for (const id of ids) connection.run('DELETE FROM chunks WHERE id = ?', id);
    return true;
  }

  private moveRecords(
    { trace, table, key }: { trace: number; table: string; key: readonly string[] },
    move: (place: Place) => Place | undefined,
  ): void {
    const { connection } = this.options;
    const rows = connection.all(
      `SELECT chunk, offset, length, ${key.join(', ')} FROM ${table}
       WHERE trace = ? AND chunk IS NOT NULL ORDER BY chunk, offset`,
      trace,
    );
    const where = key.map((column) => `${column} = ?`).join(' AND ');
    for (const [chunk, offset, length, ...keys] of rows) {
      const place = placeOf([chunk, offset, length]);
      const moved = place && move(place);
      if (!moved) continue;
      connection.run(
        `UPDATE ${table} SET chunk = ?, offset = ?, length = ? WHERE trace = ? AND ${where}`,
        ...[moved.chunk, moved.offset, moved.length, trace, ...keys],
      );
    }
  }
}

/** The first chunks up to the given size, at least one. */
function firstBytes(chunks: readonly SmallChunk[], limit: number): readonly SmallChunk[] {
  let size = 0;
  const end = chunks.findIndex((chunk, i) => {
    size += chunk.size;
    return i > 0 && size > limit;
  });
  return end < 0 ? chunks : chunks.slice(0, end);
}
