import { UserError } from '../../base/errors';
import type { Connection } from './connection';

/**
 * The layout. A trace has a row with its roll-up, as columns to filter by and as JSON to give. Its spans
 * are narrow rows; what was sent lies in compressed chunks of the trace's own, at the place the
 * row names. A span with several deliveries names none and has its places in `deliveries`. What
 * many rows share stands once: names in `names`, the JSON of what spans of one process and of one
 * call site have in common in `origins` and `shapes`, resources and scopes in `shared`. Their numbers
 * are never used again, so that what a reader remembers stays true.
 *
 * Times are microseconds in REAL columns, which SQLite keeps as integers where they are whole and
 * which, unlike INTEGER, never read as more than a number can hold.
 */
const version1 = `
CREATE TABLE names (id INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT NOT NULL UNIQUE);
CREATE TABLE origins (id INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT NOT NULL UNIQUE);
CREATE TABLE shapes (id INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT NOT NULL UNIQUE);
CREATE TABLE shared (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  hash BLOB NOT NULL UNIQUE,
  bytes BLOB NOT NULL
);
CREATE TABLE ended_runs (run TEXT PRIMARY KEY) WITHOUT ROWID;

CREATE TABLE traces (
  id INTEGER PRIMARY KEY,
  trace_id TEXT NOT NULL UNIQUE,
  spans INTEGER NOT NULL DEFAULT 0,
  updated REAL NOT NULL DEFAULT 0,
  git TEXT,
  starred INTEGER NOT NULL DEFAULT 0,
  removed INTEGER NOT NULL DEFAULT 0,
  dirty INTEGER NOT NULL DEFAULT 0,
  loose INTEGER NOT NULL DEFAULT 0,
  dialects REAL NOT NULL,
  prices TEXT NOT NULL,
  start REAL,
  finish REAL,
  status INTEGER,
  ai INTEGER,
  kinds INTEGER,
  errors INTEGER,
  cost REAL,
  tokens REAL,
  user TEXT,
  session TEXT,
  service TEXT,
  run TEXT,
  tags TEXT,
  summary TEXT
);
CREATE INDEX traces_listed ON traces (start, trace_id) WHERE removed = 0 AND spans > 0;
CREATE INDEX traces_listed_by_ai ON traces (ai, start, trace_id) WHERE removed = 0 AND spans > 0;
CREATE INDEX traces_of_run ON traces (run, start) WHERE run IS NOT NULL;
CREATE INDEX traces_removed ON traces (id) WHERE removed = 1;
CREATE INDEX traces_dirty ON traces (id) WHERE dirty = 1;
CREATE INDEX traces_loose ON traces (id) WHERE loose = 1;

CREATE TABLE spans (
  trace INTEGER NOT NULL,
  span TEXT NOT NULL,
  parent TEXT,
  start REAL,
  finish REAL,
  kind INTEGER,
  status INTEGER,
  name INTEGER,
  model INTEGER,
  agent INTEGER,
  tool INTEGER,
  origin INTEGER,
  shape INTEGER,
  tokens REAL,
  cost REAL,
  rest TEXT,
  chunk INTEGER,
  offset INTEGER,
  length INTEGER,
  resource INTEGER,
  scope INTEGER,
  PRIMARY KEY (trace, span)
) WITHOUT ROWID;
CREATE INDEX spans_by_start ON spans (trace, start, span);
CREATE INDEX spans_running ON spans (trace) WHERE status = 0;

CREATE TABLE deliveries (
  trace INTEGER NOT NULL,
  span TEXT NOT NULL,
  place INTEGER NOT NULL,
  finish REAL,
  chunk INTEGER,
  offset INTEGER,
  length INTEGER,
  resource INTEGER,
  scope INTEGER,
  PRIMARY KEY (trace, span, place)
) WITHOUT ROWID;

CREATE TABLE logs (
  trace INTEGER NOT NULL,
  time REAL NOT NULL,
  hash BLOB NOT NULL,
  resource INTEGER NOT NULL,
  scope INTEGER NOT NULL,
  span TEXT,
  chunk INTEGER,
  offset INTEGER,
  length INTEGER,
  PRIMARY KEY (trace, time, hash, resource, scope)
) WITHOUT ROWID;

CREATE TABLE chunks (
  id INTEGER PRIMARY KEY,
  trace INTEGER NOT NULL,
  codec INTEGER NOT NULL,
  size INTEGER NOT NULL,
  records INTEGER NOT NULL,
  data BLOB NOT NULL
);
CREATE INDEX chunks_of_trace ON chunks (trace);
`;

/**
 * Scores that a person gave; an empty `span` means the whole trace. `marks` has one row: what names
 * this store, and how far numbers were given, so that what was deleted leaves no number to be
 * given again. `sources` is the newest of the chunks a merged one was made of.
 */
const version2 = `
CREATE TABLE scores (
  trace INTEGER NOT NULL,
  span TEXT NOT NULL,
  name TEXT NOT NULL,
  value REAL,
  label TEXT,
  comment TEXT,
  time REAL NOT NULL,
  PRIMARY KEY (trace, span, name)
) WITHOUT ROWID;
CREATE TABLE marks (
  store TEXT NOT NULL,
  trace INTEGER NOT NULL,
  chunk INTEGER NOT NULL,
  deletions INTEGER NOT NULL
);
INSERT INTO marks VALUES (lower(hex(randomblob(16))), 0, 0, 0);
ALTER TABLE chunks ADD COLUMN sources INTEGER;
`;

/** Each takes a store of the version that is its index to the next one. */
export const migrations: readonly string[] = [version1, version2];

export const currentVersion = migrations.length;

/** "Gbox": marks the file as ours. */
const applicationId = 0x47626f78;

/** What kind of file this is, before anything is written to it. */
export function inspect(connection: Connection): 'empty' | 'foreign' | number {
  const version = connection.number('PRAGMA user_version');
  const application = connection.number('PRAGMA application_id');
  if (application === applicationId) return version;
  return connection.number('SELECT count(*) FROM sqlite_schema') === 0 ? 'empty' : 'foreign';
}

/** Throws a `UserError` where the file must not be touched. */
export function refuseUnknown(found: 'empty' | 'foreign' | number, file: string): void {
  if (found === 'foreign') {
    throw new UserError(`${file} is a database of another program, not a store of traces.`);
  }
  if (typeof found === 'number' && found > currentVersion) {
    throw new UserError(
      `${file} was written by a newer Glassbox (layout ${String(found)}, this one knows ${String(currentVersion)}): update Glassbox, or name another file.`,
    );
  }
}

/** Settings that only an empty file takes. */
export function prepareEmpty(connection: Connection): void {
  connection.exec('PRAGMA page_size = 8192; PRAGMA auto_vacuum = INCREMENTAL');
}

/** Brings the layout to the current version, all of it or nothing. */
export function migrate(connection: Connection): void {
  connection.write(() => {
    const version = connection.number('PRAGMA user_version');
    if (version === currentVersion) return;
    for (const migration of migrations.slice(version)) connection.exec(migration);
    connection.exec(
      `PRAGMA user_version = ${String(currentVersion)}; PRAGMA application_id = ${String(applicationId)}`,
    );
  });
}
