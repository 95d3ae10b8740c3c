import { rmSync } from 'node:fs';
import { createPrivately } from '../files';
import type { SearchPosition } from '../search';
import { Connection, loadSqlite } from './connection';
import { isCorruption } from './faults';

/**
 * The index of a store, in a file of its own beside it: full-text search over what its
 * observations hold. It can be deleted at any time and is built again. A document is a text that is
 * new in its trace, or the further words of one observation (its `hash` is then below zero).
 */
const layout = `
CREATE TABLE state (
  version TEXT NOT NULL,
  store TEXT NOT NULL,
  cursor INTEGER NOT NULL,
  caught_up INTEGER NOT NULL,
  deletions INTEGER NOT NULL
);
CREATE TABLE traces (
  id INTEGER PRIMARY KEY,
  trace_id TEXT NOT NULL,
  start REAL NOT NULL,
  first INTEGER NOT NULL,
  last INTEGER NOT NULL
);
CREATE INDEX traces_by_start ON traces (start, trace_id);
CREATE TABLE docs (id INTEGER PRIMARY KEY, trace INTEGER NOT NULL, span TEXT NOT NULL);
CREATE TABLE seen (
  trace INTEGER NOT NULL,
  hash INTEGER NOT NULL,
  doc INTEGER NOT NULL,
  PRIMARY KEY (trace, hash)
) WITHOUT ROWID;
CREATE TABLE scores (
  trace INTEGER NOT NULL,
  span TEXT NOT NULL,
  name TEXT NOT NULL,
  value REAL,
  label TEXT
);
CREATE INDEX scores_by_name ON scores (name, trace);
CREATE INDEX scores_of_trace ON scores (trace);
CREATE VIRTUAL TABLE texts USING fts5(
  text, content='', contentless_delete=1, detail=none,
  tokenize="unicode61 remove_diacritics 0 categories 'L* N* M*'"
);
INSERT INTO texts (texts, rank) VALUES ('hashsize', 16777216);
`;

/** Raised with the layout; an index of another version is built again. */
const layoutVersion = 1;

/** "Gbxi": marks the file as an index of ours. */
const applicationId = 0x47627869;

const tables = ['texts', 'state', 'traces', 'docs', 'seen', 'scores'];

/** What an index must have been built from to be of use. */
export interface SearchIdentity {
  /** `FeedState.store`. */
  readonly store: string;
  /** Of what made texts out of bytes. */
  readonly version: string;
}

/** The index file beside a store file. */
export function searchFileOf(storeFile: string): string {
  return `${storeFile.replace(/\.db$/, '')}.search.db`;
}

/**
 * Opens an index to write, an empty one where it is damaged or was built from something else.
 * Undefined where this SQLite has no full-text search; throws where the file is not ours.
 */
export function openSearchToWrite(file: string, identity: SearchIdentity): Connection | undefined {
  try {
    return openSound(file, identity);
  } catch (error) {
    if (!isCorruption(error)) throw error;
    deleteSearch(file);
    return openSound(file, identity);
  }
}

export function deleteSearch(file: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
}

/** Opens an index to read; undefined where there is none of this version. */
export function openSearchToRead(file: string, identity: SearchIdentity): Connection | undefined {
  const { DatabaseSync } = loadSqlite();
  const connection = new Connection(new DatabaseSync(file, { readOnly: true }));
  try {
    connection.exec('PRAGMA busy_timeout = 1000; PRAGMA cache_size = -16000');
    if (isOf(connection, identity)) return connection;
  } catch {
    // Being built, damaged or no index: the search does without.
  }
  connection.close();
  return undefined;
}

export function readPosition(connection: Connection): SearchPosition {
  const row = connection.get('SELECT cursor, caught_up, deletions FROM state') ?? [];
  const [cursor = 0, caughtUp = 0, deletions = 0] = row.map(Number);
  return { cursor, caughtUp, deletions };
}

function openSound(file: string, identity: SearchIdentity): Connection | undefined {
  const { DatabaseSync } = loadSqlite();
  createPrivately(file);
  const connection = new Connection(new DatabaseSync(file));
  try {
    connection.exec(`PRAGMA busy_timeout = 5000; PRAGMA cache_size = -16000`);
    refuseForeign(connection, file);
    connection.exec(`
      PRAGMA page_size = 8192;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      PRAGMA wal_autocheckpoint = 4000`);
    if (!isOf(connection, identity)) begin(connection, identity);
    connection.get('SELECT rowid FROM texts LIMIT 1');
    return connection;
  } catch (error) {
    connection.close();
    if (error instanceof Error && error.message.includes('no such module')) return undefined;
    throw error;
  }
}

function refuseForeign(connection: Connection, file: string): void {
  const application = connection.number('PRAGMA application_id');
  const filled = connection.number('SELECT count(*) FROM sqlite_schema') > 0;
  if (application === applicationId || !filled) return;
  throw new Error(`${file} is a database of another program, not an index.`);
}

function isOf(connection: Connection, { store, version }: SearchIdentity): boolean {
  if (connection.number(`SELECT count(*) FROM sqlite_schema WHERE name = 'state'`) === 0) {
    return false;
  }
  const [foundStore, foundVersion] = connection.get('SELECT store, version FROM state') ?? [];
  return foundStore === store && foundVersion === versionOf(version);
}

function begin(connection: Connection, { store, version }: SearchIdentity): void {
  connection.write(() => {
    for (const table of tables) connection.exec(`DROP TABLE IF EXISTS ${table}`);
    connection.exec(layout);
    connection.run('INSERT INTO state VALUES (?, ?, 0, 0, 0)', versionOf(version), store);
    connection.exec(`PRAGMA application_id = ${String(applicationId)}`);
  });
}

function versionOf(version: string): string {
  return `${String(layoutVersion)} ${version}`;
}
