import type { GivenScore, ScoreKey, StoredScore } from '../../model/score';
import type { TraceScore } from '../traceStore';
import { number, text, type Connection, type SqlRow } from './connection';

const visible = 't.removed = 0 AND t.spans > 0';
const columns = 's.span, s.name, s.value, s.label, s.comment, s.time';

/** False where the trace is not there. */
export function writeScore(
  connection: Connection,
  traceId: string,
  { spanId = '', name, value, label, comment, time }: StoredScore,
): boolean {
  const changed = connection.change(
    `INSERT OR REPLACE INTO scores (trace, span, name, value, label, comment, time)
     SELECT t.id, ?, ?, ?, ?, ?, ? FROM traces t WHERE t.trace_id = ? AND ${visible}`,
    ...[spanId, name, value ?? null, label ?? null, comment ?? null, time, traceId],
  );
  return changed > 0;
}

export function deleteScore(connection: Connection, traceId: string, key: ScoreKey): void {
  connection.run(
    `DELETE FROM scores WHERE trace = (SELECT id FROM traces WHERE trace_id = ?)
       AND span = ? AND name = ?`,
    ...[traceId, key.spanId ?? '', key.name],
  );
}

export function readScores(connection: Connection, traceId: string): readonly StoredScore[] {
  const rows = connection.all(
    `SELECT ${columns} FROM traces t JOIN scores s ON s.trace = t.id
     WHERE t.trace_id = ? AND ${visible} ORDER BY s.span, s.name`,
    traceId,
  );
  return rows.map(scoreOf);
}

export function readAllScores(connection: Connection): readonly TraceScore[] {
  const rows = connection.all(
    `SELECT ${columns}, t.trace_id FROM scores s JOIN traces t ON t.id = s.trace
     WHERE ${visible} ORDER BY t.trace_id, s.span, s.name`,
  );
  return rows.map((row) => ({ traceId: String(row[6]), ...scoreOf(row) }));
}

function scoreOf(row: SqlRow): StoredScore {
  const [span, name, ...rest] = row;
  const value = number(rest[0]);
  const [label, comment] = [text(rest[1]), text(rest[2])];
  const score: GivenScore = {
    name: String(name),
    ...(span !== '' && { spanId: String(span) }),
    ...(value !== undefined && { value }),
    ...(label !== undefined && { label }),
    ...(comment !== undefined && { comment }),
  };
  return { ...score, time: Number(rest[3]) };
}
