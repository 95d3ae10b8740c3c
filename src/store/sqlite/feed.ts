import type { LogBytes, SpanRecord } from '../../model/record';
import type { FeedPart, FeedSpan, FeedState, FeedTrace, StoreFeed } from '../feed';
import { ChunkReader, placeOf } from './chunks';
import { openConnectionToRead } from './open';
import type { Connection, SqlRow } from './connection';
import { SpanTable } from './spanTable';

/** Bytes, before compression, that one part is closed at. */
const partBytes = 4 * 1024 * 1024;
const partChunks = 2_000;

interface Arrived {
  readonly trace: number;
  first: number;
  last: number;
}

/**
 * Opens the feed of a store file. Chunks are numbered as they arrive and their numbers never used
 * again, so a chunk's number is the cursor. Rejects as opening a store to read does.
 */
export function openStoreFeed(file: string): StoreFeed {
  return new ChunkFeed(openConnectionToRead(file));
}

class ChunkFeed implements StoreFeed {
  private readonly table: SpanTable;

  constructor(private readonly connection: Connection) {
    this.table = new SpanTable(connection);
  }

  state(): FeedState {
    const [store, deletions, end] =
      this.connection.get(
        `SELECT store, deletions, max(ifnull((SELECT max(id) FROM chunks), 0), chunk) FROM marks`,
      ) ?? [];
    return { store: String(store), deletions: Number(deletions), end: Number(end) };
  }

  read<T>(cursor: number, caughtUp: number, work: (part: FeedPart) => T): T {
    return this.connection.snapshot(() => work(this.part(cursor, caughtUp)));
  }

  waiting(cursor: number, caughtUp: number, atMost: number): readonly string[] | undefined {
    const rows = this.connection.all(
      `SELECT t.trace_id FROM traces t WHERE t.id IN (
         SELECT trace FROM chunks WHERE id > ? AND (sources IS NULL OR sources > ?) LIMIT ?)`,
      ...[cursor, caughtUp, atMost * 10],
    );
    return rows.length > atMost ? undefined : rows.map(([traceId]) => String(traceId));
  }

  traceNumbers(): readonly number[] {
    return this.connection.all('SELECT id FROM traces').map(([id]) => Number(id));
  }

  close(): void {
    this.connection.close();
  }

  private part(cursor: number, caughtUp: number): FeedPart {
    const rows = this.connection.all(
      `SELECT id, trace, size, sources FROM chunks WHERE id > ? ORDER BY id LIMIT ?`,
      ...[cursor, partChunks],
    );
    const arrived = new Map<number, Arrived>();
    let bytes = 0;
    let last = cursor;
    for (const [id, trace, size, sources] of rows) {
      if (bytes > partBytes) break;
      last = Number(id);
      if (typeof sources === 'number' && sources <= caughtUp) continue;
      bytes += Number(size);
      const known = arrived.get(Number(trace));
      if (known) known.last = last;
      else arrived.set(Number(trace), { trace: Number(trace), first: last, last });
    }
    const atEnd = rows.length < partChunks && last === Number(rows.at(-1)?.[0] ?? cursor);
    return { traces: [...arrived.values()].flatMap((one) => this.trace(one)), cursor: last, atEnd };
  }

  private trace(arrived: Arrived): readonly FeedTrace[] {
    const row = this.connection.get(
      'SELECT trace_id, ifnull(start, 0) FROM traces WHERE id = ?',
      arrived.trace,
    );
    if (!row) return [];
    const [traceId, start] = row;
    return [
      {
        ...{ id: arrived.trace, traceId: String(traceId), startTime: Number(start) },
        loose: this.loose(arrived),
        spans: this.spans(arrived),
      },
    ];
  }

  private *spans({ trace, first, last }: Arrived): Generator<FeedSpan> {
    const chunks = new ChunkReader(this.connection);
    const ids = this.connection
      .all(
        `SELECT span FROM spans WHERE trace = ?1 AND chunk BETWEEN ?2 AND ?3
         UNION SELECT span FROM deliveries WHERE trace = ?1 AND chunk BETWEEN ?2 AND ?3
         UNION SELECT span FROM logs WHERE trace = ?1 AND chunk BETWEEN ?2 AND ?3
           AND span IS NOT NULL`,
        ...[trace, first, last],
      )
      .map(([span]) => String(span));
    const logs = this.logs(trace, new Set(ids), chunks);
    for (const spanId of ids) {
      const records = this.table
        .pointers(trace, spanId)
        .map((pointer) => this.table.record(pointer, chunks));
      const [strongest, ...others] = records;
      if (!strongest) continue;
      const deliveries: [SpanRecord, ...SpanRecord[]] = [strongest, ...others];
      yield { spanId, deliveries, logs: logs.get(spanId) ?? [] };
    }
  }

  private logs(
    trace: number,
    spans: ReadonlySet<string>,
    chunks: ChunkReader,
  ): ReadonlyMap<string, readonly LogBytes[]> {
    const logs = new Map<string, LogBytes[]>();
    const rows = this.connection.all(
      `SELECT chunk, offset, length, resource, scope, span FROM logs
       WHERE trace = ? AND span IS NOT NULL ORDER BY time, hash`,
      trace,
    );
    for (const row of rows) {
      const span = String(row[5]);
      const log = spans.has(span) && this.log(row, chunks);
      if (!log) continue;
      if (!logs.get(span)?.push(log)) logs.set(span, [log]);
    }
    return logs;
  }

  private loose({ trace, first, last }: Arrived): readonly LogBytes[] {
    const chunks = new ChunkReader(this.connection);
    const rows = this.connection.all(
      `SELECT chunk, offset, length, resource, scope FROM logs
       WHERE trace = ? AND span IS NULL AND chunk BETWEEN ? AND ?`,
      ...[trace, first, last],
    );
    return rows.flatMap((row) => this.log(row, chunks) ?? []);
  }

  /** The record in a row that begins with its place, resource and scope. */
  private log(row: SqlRow, chunks: ChunkReader): LogBytes | undefined {
    const place = placeOf(row);
    const [resource, scope] = [row[3], row[4]].map((id) => this.table.shared.bytes(Number(id)));
    return place && resource && scope && { log: chunks.read(place), resource, scope };
  }
}
