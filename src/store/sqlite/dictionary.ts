import { createHash } from 'node:crypto';
import { bytes, text, type Connection } from './connection';

/** Entries kept in memory before all are forgotten and read again when needed. */
const cacheLimit = 50_000;

/**
 * A table of texts, each once, named by its number. A text with a zero character in it stands there
 * as bytes: Node 22 reads text only up to the zero.
 */
export class Dictionary {
  private readonly ids = new Map<string, number>();
  private readonly texts = new Map<number, string>();

  constructor(
    private readonly connection: Connection,
    private readonly table: 'names' | 'origins' | 'shapes',
  ) {}

  /** The number of a text, which is written down if it is new. */
  id(value: string): number {
    const known = this.ids.get(value);
    if (known !== undefined) return known;
    const { connection, table } = this;
    const written = value.includes('\0') ? Buffer.from(value) : value;
    const stored = connection.get(`SELECT id FROM ${table} WHERE text = ?`, written);
    const id = Number(
      stored?.[0] ??
        connection.get(`INSERT INTO ${table} (text) VALUES (?) RETURNING id`, written)?.[0],
    );
    this.remember(id, value);
    return id;
  }

  text(id: number): string {
    const known = this.texts.get(id);
    if (known !== undefined) return known;
    const stored = this.connection.get(`SELECT text FROM ${this.table} WHERE id = ?`, id)?.[0];
    const value = text(stored) ?? Buffer.from(bytes(stored)).toString();
    this.remember(id, value);
    return value;
  }

  /** What was written in a transaction that failed, or deleted, must not be remembered. */
  forget(): void {
    this.ids.clear();
    this.texts.clear();
  }

  private remember(id: number, value: string): void {
    if (this.texts.size >= cacheLimit) this.forget();
    this.ids.set(value, id);
    this.texts.set(id, value);
  }
}

/** JSON texts in a dictionary, parsed once. */
export class JsonDictionary<T> {
  private readonly values = new Map<number, T>();
  private readonly texts: Dictionary;

  constructor(connection: Connection, table: 'origins' | 'shapes') {
    this.texts = new Dictionary(connection, table);
  }

  id(value: T): number {
    return this.texts.id(JSON.stringify(value));
  }

  value(id: number): T {
    const known = this.values.get(id);
    if (known !== undefined) return known;
    const value = JSON.parse(this.texts.text(id) || '{}') as T;
    if (this.values.size >= cacheLimit) this.values.clear();
    this.values.set(id, value);
    return value;
  }

  forget(): void {
    this.texts.forget();
    this.values.clear();
  }
}

/** Resources and scopes, each once by its content. */
export class SharedBytes {
  private readonly ids = new Map<string, number>();
  /** By identity: the spans of one request share their resource and scope. */
  private readonly batch = new Map<Uint8Array, number>();
  private readonly known = new Map<number, Uint8Array>();

  constructor(private readonly connection: Connection) {}

  /** A new batch: the same array may hold other bytes now. */
  begin(): void {
    this.batch.clear();
  }

  id(value: Uint8Array): number {
    const seen = this.batch.get(value);
    if (seen !== undefined) return seen;
    const id = this.idByContent(value);
    this.batch.set(value, id);
    return id;
  }

  private idByContent(value: Uint8Array): number {
    const hash = createHash('sha1').update(value).digest();
    const key = hash.toString('latin1');
    const known = this.ids.get(key);
    if (known !== undefined) return known;
    const { connection } = this;
    const stored = connection.get('SELECT id FROM shared WHERE hash = ?', hash);
    const insert = 'INSERT INTO shared (hash, bytes) VALUES (?, ?) RETURNING id';
    const id = Number(stored?.[0] ?? connection.get(insert, hash, value)?.[0]);
    if (this.ids.size >= cacheLimit) this.ids.clear();
    this.ids.set(key, id);
    return id;
  }

  bytes(id: number): Uint8Array {
    const known = this.known.get(id);
    if (known) return known;
    const value = bytes(this.connection.get('SELECT bytes FROM shared WHERE id = ?', id)?.[0]);
    if (this.known.size >= 1000) this.known.clear();
    this.known.set(id, value);
    return value;
  }

  forget(): void {
    this.ids.clear();
    this.batch.clear();
    this.known.clear();
  }
}
