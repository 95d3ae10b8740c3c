import { chunkRecords, ChunkReader, placeOf, type Place } from './chunks';
import { bytes, type Connection } from './connection';
import { pack, unpack } from './codec';
import type { Writer } from './writer';

/** Silence after which a trace's chunks are merged: 10 s, in microseconds. */
const quietTime = 10_000_000;
/** Bytes, before compression, that one step takes on. */
const stepBytes = 8 * 1024 * 1024;
/** A chunk of at least this many records stays one. */
const fullChunk = chunkRecords / 4;

interface MergerOptions {
  readonly connection: Connection;
  readonly writer: Writer;
  readonly now: () => number;
}

interface LooseChunk {
  readonly id: number;
  readonly size: number;
  readonly records: number;
}

/**
 * Live traces arrive in chunks of a few spans, which compress badly. When a trace has been quiet
 * for a while, its small chunks become large ones, without what no row refers to any more, and
 * all are compressed harder.
 */
export class ChunkMerger {
  constructor(private readonly options: MergerOptions) {}

  /** Does one step; false when no quiet trace has loose chunks. */
  step(): boolean {
    const { connection, writer, now } = this.options;
    const trace = connection.get(
      'SELECT id FROM traces WHERE loose = 1 AND updated <= ? LIMIT 1',
      now() - quietTime,
    )?.[0];
    if (trace === undefined) return false;
    writer.transaction(() => this.mergeSome(Number(trace)));
    return true;
  }

  private mergeSome(trace: number): void {
    const { connection } = this.options;
    const loose = connection
      .all('SELECT id, size, records FROM chunks WHERE trace = ? AND packed = 0 ORDER BY id', trace)
      .map((row) => row.map(Number))
      .map(([id = 0, size = 0, records = 0]): LooseChunk => ({ id, size, records }));
    const taken = firstBytes(loose, stepBytes);
    for (const { id } of taken.filter(isFull)) this.repack(id);
    const small = taken.filter((chunk) => !isFull(chunk));
    if (small.length > 0) this.merge(trace, small);
    if (taken.length === loose.length) {
      connection.run('UPDATE traces SET loose = 0 WHERE id = ?', trace);
    }
  }

  /** Compresses a chunk harder where it stands; what cannot be read is left as it is. */
  private repack(chunk: number): void {
    const { connection } = this.options;
    const row = connection.get('SELECT codec, data FROM chunks WHERE id = ?', chunk);
    try {
      const content = unpack({ codec: Number(row?.[0]), data: bytes(row?.[1]) });
      const { codec, data } = pack(content, 'small');
      const values = [codec, data, chunk];
      connection.run('UPDATE chunks SET packed = 1, codec = ?, data = ? WHERE id = ?', ...values);
    } catch {
      connection.run('UPDATE chunks SET packed = 1 WHERE id = ?', chunk);
    }
  }

  private merge(trace: number, small: readonly LooseChunk[]): void {
    const { connection, writer } = this.options;
    const reader = new ChunkReader(connection);
    const sound = new Set(small.map(({ id }) => id).filter((id) => reader.isSound(id)));
    const chunks = writer.chunkWriter(trace, 'small');
    const move = (place: Place) =>
      sound.has(place.chunk) ? chunks.append(reader.read(place)) : undefined;
    this.moveRecords({ trace, table: 'spans', key: ['span'] }, move);
    this.moveRecords({ trace, table: 'deliveries', key: ['span', 'place'] }, move);
    this.moveRecords({ trace, table: 'logs', key: ['time', 'hash', 'resource', 'scope'] }, move);
    chunks.flush();
    for (const { id } of small) {
      const done = sound.has(id) ? 'DELETE FROM chunks' : 'UPDATE chunks SET packed = 1';
      connection.run(`${done} WHERE id = ?`, id);
    }
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

function isFull({ records }: LooseChunk): boolean {
  return records >= fullChunk;
}

/** The first chunks up to the given size, at least one. */
function firstBytes(chunks: readonly LooseChunk[], limit: number): readonly LooseChunk[] {
  let size = 0;
  const end = chunks.findIndex((chunk, i) => {
    size += chunk.size;
    return i > 0 && size > limit;
  });
  return end < 0 ? chunks : chunks.slice(0, end);
}
