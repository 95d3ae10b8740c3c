import type { Connection } from './connection';
import type { SpanTable } from './spanTable';
import { writeRollUp, type TraceTable } from './traceRow';

/** Above this many observations a roll-up may be shown again while rows arrive. */
const hugeTrace = 5_000;
/** Of the time, rolling up one huge trace may take a twentieth ... */
const rollUpShare = 20;
/** ... and it is never shown older than this: 2 s, in microseconds. */
const longestLag = 2_000_000;

/**
 * Roll-ups of the traces the writer has marked dirty, in a temporary table of this connection's
 * own: a reader cannot write them down, and must not show the ones that lag.
 */
export class FreshTraces {
  /** The traces in the table, and until when, in microseconds since 1970, each may stay. */
  private readonly rolledUp = new Map<number, number>();

  constructor(
    private readonly options: {
      readonly connection: Connection;
      readonly table: SpanTable;
      readonly now: () => number;
    },
  ) {}

  /** Where traces are: those that are dirty count in the second table only. */
  tables(): readonly TraceTable[] {
    return this.rolledUp.size > 0 ? ['traces', 'temp.fresh'] : ['traces'];
  }

  /** Brings the table up to date. */
  rollUp(): void {
    const { connection, now } = this.options;
    const rows = connection.all('SELECT id, trace_id, spans FROM traces WHERE dirty = 1');
    const dirty = new Set(rows.map(([id]) => Number(id)));
    for (const id of [...this.rolledUp.keys()]) {
      if (!dirty.has(id)) this.drop(id);
    }
    if (dirty.size === 0) return;
    connection.exec('CREATE TEMP TABLE IF NOT EXISTS fresh AS SELECT * FROM traces LIMIT 0');
    for (const [id, traceId, spans] of rows) {
      if (now() < (this.rolledUp.get(Number(id)) ?? 0)) this.copyFacts(Number(id));
      else this.rollUpOne({ id: Number(id), traceId: String(traceId) }, Number(spans));
    }
  }

  private rollUpOne(key: { id: number; traceId: string }, spans: number): void {
    const { connection, table, now } = this.options;
    const started = performance.now();
    this.drop(key.id);
    connection.run('INSERT INTO temp.fresh SELECT * FROM traces WHERE id = ?', key.id);
    const rows = table.summaries(key);
    if (rows.length > 0) writeRollUp(connection, { table: 'temp.fresh', trace: key.id }, rows);
    const took = (performance.now() - started) * 1000;
    const lag = spans > hugeTrace ? Math.min(took * rollUpShare, longestLag) : 0;
    this.rolledUp.set(key.id, now() + lag);
  }

  /** What a user has done with a trace shows at once. */
  private copyFacts(id: number): void {
    this.options.connection.run(
      `UPDATE temp.fresh SET (removed, starred, updated) =
         (SELECT removed, starred, updated FROM traces WHERE id = ?) WHERE id = ?`,
      ...[id, id],
    );
  }

  private drop(id: number): void {
    this.rolledUp.delete(id);
    this.options.connection.run('DELETE FROM temp.fresh WHERE id = ?', id);
  }
}
