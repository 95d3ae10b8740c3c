import type * as Sqlite from 'node:sqlite';
import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite';
import { UserError } from '../../base/errors';

export type SqlValue = SQLInputValue;
/** One row, its columns in the order of the statement. */
export type SqlRow = readonly SQLOutputValue[];

/** `node:sqlite`, loaded when first needed; a `UserError` where this Node has none. */
export function loadSqlite(): typeof Sqlite {
  const emitWarning = process.emitWarning.bind(process);
  // Node 22 announces an experiment on stderr at load, which would land between a user's lines.
  process.emitWarning = () => undefined;
  try {
    const sqlite = process.getBuiltinModule('node:sqlite') as typeof Sqlite | undefined;
    if (!sqlite) throw new Error('absent');
    return sqlite;
  } catch {
    throw new UserError(
      `Glassbox keeps traces with Node's own SQLite, which Node ${process.version} does not have: use Node 22.15 or later.`,
    );
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** A database connection that keeps its prepared statements and gives rows as arrays. */
export class Connection {
  private readonly statements = new Map<string, StatementSync>();

  constructor(private readonly database: DatabaseSync) {}

  exec(sql: string): void {
    this.database.exec(sql);
  }

  run(sql: string, ...values: readonly SqlValue[]): void {
    this.prepared(sql).run(...values);
  }

  /** Number of rows the statement changed. */
  change(sql: string, ...values: readonly SqlValue[]): number {
    return Number(this.prepared(sql).run(...values).changes);
  }

  all(sql: string, ...values: readonly SqlValue[]): readonly SqlRow[] {
    return rowsOf(this.prepared(sql).all(...values));
  }

  get(sql: string, ...values: readonly SqlValue[]): SqlRow | undefined {
    const row: unknown = this.prepared(sql).get(...values);
    return row === undefined ? undefined : rowsOf([row])[0];
  }

  /** The first column of the first row, as a number; 0 where there is none. */
  number(sql: string, ...values: readonly SqlValue[]): number {
    return Number(this.get(sql, ...values)?.[0] ?? 0);
  }

  /** Runs the body in one write transaction, rolled back when anything throws. */
  write<T>(body: () => T): T {
    return this.transaction('BEGIN IMMEDIATE', body);
  }

  /** Runs the body against one state of the database. */
  snapshot<T>(body: () => T): T {
    return this.transaction('BEGIN', body);
  }

  close(): void {
    this.statements.clear();
    this.database.close();
  }

  private transaction<T>(begin: string, body: () => T): T {
    this.run(begin);
    try {
      const result = body();
      this.run('COMMIT');
      return result;
    } catch (error) {
      this.rollBack();
      throw error;
    }
  }

  private rollBack(): void {
    try {
      this.exec('ROLLBACK');
    } catch {
      // A full disk, for one, has rolled back already.
    }
  }

  private prepared(sql: string): StatementSync {
    const known = this.statements.get(sql);
    if (known) return known;
    const statement = this.database.prepare(sql);
    // Absent before Node 22.16, where rows come as objects with their columns in order.
    if (hasReturnArrays(statement)) statement.setReturnArrays(true);
    this.statements.set(sql, statement);
    return statement;
  }
}

function hasReturnArrays(statement: Partial<StatementSync>): statement is StatementSync {
  return typeof statement.setReturnArrays === 'function';
}

function rowsOf(rows: readonly unknown[]): readonly SqlRow[] {
  if (rows.length === 0 || Array.isArray(rows[0])) return rows as readonly SqlRow[];
  return rows.map((row) => Object.values(row as Record<string, SQLOutputValue>));
}

/** A text column; `undefined` for NULL. */
export function text(value: SQLOutputValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** A number column; `undefined` for NULL. */
export function number(value: SQLOutputValue | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/** A blob column; empty for NULL. */
export function bytes(value: SQLOutputValue | undefined): Uint8Array {
  return value instanceof Uint8Array ? value : new Uint8Array();
}
