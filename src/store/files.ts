import { closeSync, openSync, statSync } from 'node:fs';
import { errorCode } from '../base/errors';

/**
 * Creates the file for its user alone; one that is there is not touched. Nothing else here may
 * open a database file past SQLite: closing any handle of a file drops all locks that this
 * process holds on it.
 */
export function createPrivately(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600));
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  }
}

/** Bytes of a database file and its write-ahead log. */
export function sizeOnDisk(file: string): number {
  return [file, `${file}-wal`]
    .map((name) => statSync(name, { throwIfNoEntry: false })?.size ?? 0)
    .reduce((sum, size) => sum + size, 0);
}
