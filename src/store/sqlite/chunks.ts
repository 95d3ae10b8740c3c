import { bytes, type Connection, type SqlRow, type SqlValue } from './connection';
import { pack, unpack, type Effort } from './codec';

/** A chunk is closed at this many records or bytes, so that showing one span stays cheap. */
export const chunkRecords = 256;
export const chunkBytes = 2 * 1024 * 1024;

/** Where the bytes of a record lie. */
export interface Place {
  readonly chunk: number;
  readonly offset: number;
  readonly length: number;
}

/** Gathers the records of one trace and writes them as compressed chunks. */
export class ChunkWriter {
  /** The records by their offset; what is empty needs no place. */
  private readonly parts = new Map<number, Uint8Array>();
  private size = 0;
  /** Taken with the first record. */
  private id: number | undefined;

  constructor(
    private readonly connection: Connection,
    private readonly target: {
      readonly trace: number;
      readonly effort: Effort;
      readonly ids: ChunkIds;
      /** The newest of the chunks whose records these are. */
      readonly sources?: number;
    },
  ) {}

  /** The place the record will have once `flush` has been called. */
  append(record: Uint8Array): Place {
    if (this.parts.size >= chunkRecords || this.size + record.length > chunkBytes) this.flush();
    this.id ??= this.target.ids.take();
    const place = { chunk: this.id, offset: this.size, length: record.length };
    this.parts.set(this.size, record);
    this.size += record.length;
    return place;
  }

  /** The bytes of a record that is not written yet. */
  pending({ chunk, offset }: Place): Uint8Array | undefined {
    return chunk === this.id ? this.parts.get(offset) : undefined;
  }

  flush(): void {
    if (this.id === undefined) return;
    const { trace, effort, sources } = this.target;
    const { codec, data } = pack(Buffer.concat([...this.parts.values()], this.size), effort);
    this.connection.run(
      `INSERT INTO chunks (id, trace, codec, size, records, data, sources)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
      ...[this.id, trace, codec, this.size, this.parts.size, data, sources ?? null],
    );
    this.parts.clear();
    this.size = 0;
    this.id = undefined;
  }
}

/** Numbers for new chunks, given before the chunk is written. */
export class ChunkIds {
  private next: number | undefined;

  constructor(private readonly connection: Connection) {}

  take(): number {
    const last = 'SELECT max(ifnull((SELECT max(id) FROM chunks), 0), chunk) FROM marks';
    const id = this.next ?? this.connection.number(last) + 1;
    this.next = id + 1;
    return id;
  }

  forget(): void {
    this.next = undefined;
  }
}

/** Reads records for one call, each chunk unpacked once. */
export class ChunkReader {
  private readonly unpacked = new Map<number, Uint8Array>();

  constructor(
    private readonly connection: Connection,
    private readonly writer?: ChunkWriter,
  ) {}

  /** A copy of the record's bytes; empty where its chunk is gone or damaged. */
  read(place: Place): Uint8Array {
    const { chunk, offset, length } = place;
    if (length === 0) return new Uint8Array();
    const pending = this.writer?.pending(place);
    return new Uint8Array(pending ?? this.chunk(chunk).subarray(offset, offset + length));
  }

  /** False where the chunk is gone, damaged, or packed in a way this Node cannot undo. */
  isSound(chunk: number): boolean {
    return this.chunk(chunk).length > 0;
  }

  private chunk(id: number): Uint8Array {
    const known = this.unpacked.get(id);
    if (known) return known;
    const row = this.connection.get('SELECT codec, data FROM chunks WHERE id = ?', id);
    const content = row ? unpackOrNothing(row) : new Uint8Array();
    this.unpacked.set(id, content);
    return content;
  }
}

/** One chunk that cannot be read must not hide the rest of its trace. */
function unpackOrNothing([codec, data]: SqlRow): Uint8Array {
  try {
    return unpack({ codec: Number(codec), data: bytes(data) });
  } catch {
    return new Uint8Array();
  }
}

/** The place in three columns of a row; `undefined` where they are NULL. */
export function placeOf(row: readonly (SqlValue | undefined)[]): Place | undefined {
  const [chunk, offset, length] = row;
  if (typeof chunk !== 'number') return undefined;
  return { chunk, offset: Number(offset), length: Number(length) };
}
