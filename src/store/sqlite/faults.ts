import { errorCode, UserError } from '../../base/errors';

/** Primary result codes of SQLite (sqlite.org/rescode.html). */
const codes = {
  busy: 5,
  locked: 6,
  readOnly: 8,
  input: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  notADatabase: 26,
} as const;

/** The primary result code of an error that SQLite gave. */
function codeOf(error: unknown): number | undefined {
  const code: unknown = error instanceof Error && 'errcode' in error ? error.errcode : undefined;
  return typeof code === 'number' ? code & 0xff : undefined;
}

/** The file holds something else than a sound database. */
export function isCorruption(error: unknown): boolean {
  const code = codeOf(error);
  return code === codes.corrupt || code === codes.notADatabase;
}

/** Not a database at all, rather than a damaged one. */
export function isForeign(error: unknown): boolean {
  return codeOf(error) === codes.notADatabase;
}

/** Another connection holds a lock. */
export function isBusy(error: unknown): boolean {
  const code = codeOf(error);
  return code === codes.busy || code === codes.locked;
}

/** What a person can mend, as a sentence; every other error as it is. */
export function explain(error: unknown, file: string): unknown {
  return systemFault(error, file) ?? sqliteFault(error, file) ?? error;
}

function systemFault(error: unknown, file: string): UserError | undefined {
  switch (errorCode(error)) {
    case 'ENOSPC':
      return new UserError(`The disk is full: ${file} cannot grow.`, { cause: error });
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new UserError(`${file} cannot be written: it or its folder is read-only.`, {
        cause: error,
      });
    case 'ENOENT':
    case 'ENOTDIR':
    case 'EEXIST':
      return new UserError(`${file} cannot be created: its folder is not there.`, {
        cause: error,
      });
    default:
      return undefined;
  }
}

function sqliteFault(error: unknown, file: string): UserError | undefined {
  switch (codeOf(error)) {
    case codes.full:
      return new UserError(`The disk is full: ${file} cannot grow.`, { cause: error });
    case codes.readOnly:
      return new UserError(`${file} cannot be written: it or its folder is read-only.`, {
        cause: error,
      });
    case codes.cannotOpen:
      return new UserError(`${file} cannot be opened: check that its folder can be written.`, {
        cause: error,
      });
    case codes.busy:
    case codes.locked:
      return new UserError(`Another process is writing to ${file}.`, { cause: error });
    case codes.input:
      return new UserError(`The disk does not read or write ${file}.`, { cause: error });
    case codes.corrupt:
    case codes.notADatabase:
      return new UserError(`The trace store ${file} is damaged.`, { cause: error });
    default:
      return undefined;
  }
}
