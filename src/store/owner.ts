import { rmSync } from 'node:fs';
import { createPrivately } from './files';
import { Connection, loadSqlite } from './sqlite/connection';
import { explain, isBusy, isCorruption } from './sqlite/faults';

/** The right to write a store, held until released or until the process dies. */
export interface Ownership {
  release(): void;
}

/**
 * Takes the ownership that `file` (`owner.db` beside a store) stands for, or gives undefined
 * while another connection, of this process or any other, holds it. It is an exclusive
 * transaction on an empty database, so the system frees it however its holder ends. Rejects
 * with a `UserError` where the file cannot be created.
 */
export function acquireOwnership(file: string): Ownership | undefined {
  try {
    createPrivately(file);
    try {
      return lock(file);
    } catch (error) {
      if (!isCorruption(error)) throw error;
      // Nobody can hold a lock on what is not a database.
      rmSync(file);
      createPrivately(file);
      return lock(file);
    }
  } catch (error) {
    throw explain(error, file);
  }
}

function lock(file: string): Ownership | undefined {
  const { DatabaseSync } = loadSqlite();
  const connection = new Connection(new DatabaseSync(file));
  try {
    connection.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE');
    return { release: () => connection.close() };
  } catch (error) {
    connection.close();
    if (isBusy(error)) return undefined;
    throw error;
  }
}
