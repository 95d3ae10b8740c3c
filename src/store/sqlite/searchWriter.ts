import { hash } from 'node:crypto';
import { spacedText } from '../../model/words';
import type { SearchedObservation, SearchedTrace, SearchPosition } from '../search';
import type { Connection } from './connection';
import { openSearchToWrite, readPosition, type SearchIdentity } from './searchSchema';

/** Hashes and words of recent traces that are kept in memory. */
const hotEntries = 300_000;

interface HotTrace {
  readonly hashes: Set<number>;
  readonly words: Set<string>;
}

/** Writes an index; its only writer. Call everything that changes it within `transaction`. */
export class SearchWriter {
  private readonly hot = new Map<number, HotTrace>();
  private entries = 0;
  private nextDoc: number;

  private constructor(private readonly connection: Connection) {
    this.nextDoc = this.lastDoc() + 1;
  }

  /** Undefined where this SQLite has no full-text search. */
  static open(file: string, identity: SearchIdentity): SearchWriter | undefined {
    const connection = openSearchToWrite(file, identity);
    return connection && new SearchWriter(connection);
  }

  get position(): SearchPosition {
    return readPosition(this.connection);
  }

  set position({ cursor, caughtUp, deletions }: SearchPosition) {
    const sql = 'UPDATE state SET cursor = ?, caught_up = ?, deletions = ?';
    this.connection.run(sql, cursor, caughtUp, deletions);
  }

  /** All of it or nothing; a large one is far cheaper than many small ones. */
  transaction<T>(body: () => T): T {
    try {
      return this.connection.write(body);
    } catch (error) {
      this.forgetMemory();
      this.nextDoc = this.lastDoc() + 1;
      throw error;
    }
  }

  /** Adds what is new in observations of a trace; gives the number of documents. */
  add(trace: SearchedTrace, observations: Iterable<SearchedObservation>): number {
    const first = this.nextDoc;
    const hot = this.hotTrace(trace.id);
    const before = hot.hashes.size + hot.words.size;
    for (const observation of observations) this.addObservation(trace.id, hot, observation);
    this.connection.run(
      `INSERT INTO traces (id, trace_id, start, first, last) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET start = excluded.start, last = excluded.last`,
      ...[trace.id, trace.traceId, trace.startTime, first, this.nextDoc - 1],
    );
    this.entries += hot.hashes.size + hot.words.size - before;
    if (this.entries > hotEntries) this.forgetMemory();
    return this.nextDoc - first;
  }

  traceNumbers(): readonly number[] {
    return this.connection.all('SELECT id FROM traces').map(([id]) => Number(id));
  }

  forget(trace: number): void {
    const docs = 'IN (SELECT doc FROM seen WHERE trace = ?)';
    this.connection.run(`DELETE FROM texts WHERE rowid ${docs}`, trace);
    this.connection.run(`DELETE FROM docs WHERE id ${docs}`, trace);
    this.connection.run('DELETE FROM seen WHERE trace = ?', trace);
    this.connection.run('DELETE FROM scores WHERE trace = ?', trace);
    this.connection.run('DELETE FROM traces WHERE id = ?', trace);
    this.hot.delete(trace);
  }

  close(): void {
    this.connection.close();
  }

  private addObservation(
    trace: number,
    hot: HotTrace,
    { spanId, texts, words, scores }: SearchedObservation,
  ): void {
    for (const text of texts) {
      const key = hashOf(text);
      if (hot.hashes.has(key)) continue;
      hot.hashes.add(key);
      this.addDocument({ trace, spanId, key, text: spacedText(text) });
    }
    const fresh = words.filter((word) => !hot.words.has(word));
    for (const word of fresh) hot.words.add(word);
    if (fresh.length > 0) {
      this.addDocument({ trace, spanId, key: -this.nextDoc, text: fresh.join(' ') });
    }
    if (scores.length > 0 && spanId !== '') {
      this.connection.run('DELETE FROM scores WHERE trace = ? AND span = ?', trace, spanId);
    }
    for (const { name, value, label } of scores) {
      this.connection.run(
        'INSERT INTO scores (trace, span, name, value, label) VALUES (?, ?, ?, ?, ?)',
        ...[trace, spanId, name, value ?? null, label ?? null],
      );
    }
  }

  private addDocument(document: {
    readonly trace: number;
    readonly spanId: string;
    readonly key: number;
    readonly text: string;
  }): void {
    const { trace, spanId, key, text } = document;
    const { connection, nextDoc: id } = this;
    const insert = 'INSERT OR IGNORE INTO seen (trace, hash, doc) VALUES (?, ?, ?)';
    if (connection.change(insert, trace, key, id) === 0) return;
    connection.run('INSERT INTO texts (rowid, text) VALUES (?, ?)', id, text);
    connection.run('INSERT INTO docs (id, trace, span) VALUES (?, ?, ?)', id, trace, spanId);
    this.nextDoc++;
  }

  private lastDoc(): number {
    return this.connection.number('SELECT max(id) FROM docs');
  }

  private hotTrace(trace: number): HotTrace {
    const known = this.hot.get(trace);
    if (known) return known;
    const made: HotTrace = { hashes: new Set(), words: new Set() };
    this.hot.set(trace, made);
    return made;
  }

  private forgetMemory(): void {
    this.hot.clear();
    this.entries = 0;
  }
}

/** 48 bits: within one trace no two texts share them. */
function hashOf(text: string): number {
  return Buffer.from(hash('sha1', text), 'hex').readUIntBE(0, 6);
}
