import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { UserError } from '../../base/errors';
import type { Log } from '../../base/log';
import type { DerivedBy } from '../../model/trace';
import { createPrivately } from '../files';
import type { Reread, TraceStore } from '../traceStore';
import { Connection, loadSqlite } from './connection';
import { explain, isCorruption, isForeign } from './faults';
import { currentVersion, inspect, migrate, prepareEmpty, refuseUnknown } from './schema';
import { SpanTable } from './spanTable';
import { SqliteStore, type SqliteParts } from './store';
import { TraceList } from './traceList';
import { StoreUpkeep } from './upkeep';
import { Writer } from './writer';

export interface SqliteStoreOptions {
  /** A file, made with its folder when a store is opened for writing. */
  readonly file: string;
  /** Of all processes only one may open for writing; any number may read. */
  readonly mode: 'write' | 'read';
  readonly reread: Reread;
  readonly derivedBy: DerivedBy;
  /** Microseconds since 1970. */
  readonly now?: () => number;
  readonly log: Log;
  /**
   * `process` (default): what was acknowledged outlives the death of this process, at any moment;
   * a power failure or a crash of the system may lose the last moments, and never damages the
   * file. `full`: it outlives those too, for a flush of the disk with every batch.
   */
  readonly durability?: 'process' | 'full';
  /** Told, in a sentence for the user, that a damaged file was moved aside and a new one begun. */
  readonly onRecovered?: (message: string) => void;
}

/**
 * Opens a store of traces in a file. Rejects with a `UserError` where the file is of a newer
 * version or of another program, cannot be written, or, for reading, is not there or damaged.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<TraceStore> {
  try {
    return new SqliteStore(options.mode === 'read' ? openToRead(options) : openToWrite(options));
  } catch (error) {
    throw explain(error, options.file);
  }
}

function openToRead(options: SqliteStoreOptions): SqliteParts {
  return partsOver(openConnectionToRead(options.file), options);
}

/** A connection that only reads; throws where the file is not there or not of this version. */
export function openConnectionToRead(file: string): Connection {
  const { DatabaseSync } = loadSqlite();
  if (!existsSync(file)) throw new UserError(`There are no traces yet: ${file} does not exist.`);
  const connection = new Connection(new DatabaseSync(file, { readOnly: true }));
  return orClose(connection, () => {
    connection.exec('PRAGMA busy_timeout = 5000; PRAGMA cache_size = -16000');
    const found = inspect(connection);
    refuseUnknown(found, file);
    if (found !== currentVersion) {
      throw new UserError(`${file} is of an older Glassbox: let this one record into it once.`);
    }
    return connection;
  });
}

function openToWrite(options: SqliteStoreOptions): SqliteParts {
  const { file } = options;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  try {
    return openSound(options);
  } catch (error) {
    // What was never a store is somebody's file, and stays where it is.
    if (!isCorruption(error) || (isForeign(error) && !file.endsWith('.db'))) throw error;
    return startAnew(options);
  }
}

function startAnew(options: SqliteStoreOptions): SqliteParts {
  const { file, log, onRecovered } = options;
  const aside = moveAside(file);
  const message = `The traces in ${file} were damaged and could not be read. They were moved to ${aside}, and a new store was begun.`;
  log.error(message);
  onRecovered?.(message);
  return openSound(options);
}

function openSound(options: SqliteStoreOptions): SqliteParts {
  const { file, durability } = options;
  const { DatabaseSync } = loadSqlite();
  createPrivately(file);
  const connection = new Connection(new DatabaseSync(file));
  return orClose(connection, () => {
    connection.exec('PRAGMA busy_timeout = 5000; PRAGMA cache_size = -16000');
    const found = inspect(connection);
    refuseUnknown(found, file);
    if (found === 'empty') prepareEmpty(connection);
    connection.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = ${durability === 'full' ? 'FULL' : 'NORMAL'};
      PRAGMA secure_delete = FAST;
      PRAGMA wal_autocheckpoint = 4000;
      PRAGMA foreign_keys = OFF`);
    migrate(connection);
    checkSound(connection);
    return { ...partsOver(connection, options), recover: () => startAnew(options) };
  });
}

/** A connection that is not handed on must not keep the file. */
function orClose<T>(connection: Connection, body: () => T): T {
  try {
    return body();
  } catch (error) {
    connection.close();
    throw error;
  }
}

function partsOver(connection: Connection, options: SqliteStoreOptions): SqliteParts {
  const { file, reread, derivedBy, mode } = options;
  const now = options.now ?? (() => Date.now() * 1000);
  const table = new SpanTable(connection);
  const list = new TraceList({ connection, table, now });
  if (mode === 'read') return { file, now, connection, table, list };
  const writer = new Writer({ connection, table, reread, derivedBy, now });
  const upkeep = new StoreUpkeep({ connection, writer, file, derivedBy, now });
  return { file, now, connection, table, list, write: { writer, upkeep } };
}

/** Up to this many pages (64 MiB) are all looked at when opening; of more, the roots. */
const checkedPages = 8_192;

/** Throws SQLite's own error, or ours with its code, where the file is damaged. */
function checkSound(connection: Connection): void {
  const whole = connection.number('PRAGMA page_count') <= checkedPages;
  const tables = ['traces', 'spans', 'chunks', 'logs'];
  for (const table of tables) connection.get(`SELECT * FROM ${table} LIMIT 1`);
  if (!whole) return;
  const [found] = connection.get('PRAGMA quick_check(1)') ?? [];
  if (found !== 'ok') throw Object.assign(new Error(String(found)), { errcode: 11 });
}

/** Renames the file and what belongs to it; gives the new name. */
function moveAside(file: string): string {
  const time = new Date().toISOString().replaceAll(/[:.]/g, '-');
  const aside = `${file}.corrupt-${time}`;
  for (const suffix of ['', '-wal', '-shm']) {
    if (existsSync(file + suffix)) renameSync(file + suffix, aside + suffix);
  }
  return aside;
}
