import { tokensOf } from '../../model/filterMatch';
import {
  observationKinds,
  observationStatuses,
  type ObservationSummary,
} from '../../model/observation';
import { rollUp } from '../../model/rollup';
import type { DerivedBy, GitState, TraceSummary } from '../../model/trace';
import { number, text, type Connection, type SqlRow, type SqlValue } from './connection';

/** The trace's own facts stand in columns, so that they change without a roll-up. */
type RolledUp = Omit<TraceSummary, 'git' | 'starred' | 'updatedTime' | 'derivedBy'>;

/** The table of all traces, and the temporary one in which a reader rolls up those that lag. */
export type TraceTable = 'traces' | 'temp.fresh';

const noFacts = { starred: false, updatedTime: 0, derivedBy: { dialects: 0, prices: '' } };

/** Rolls a trace up from its rows, at least one, and writes what the lists need. */
export function writeRollUp(
  connection: Connection,
  where: { readonly table: TraceTable; readonly trace: number },
  rows: readonly ObservationSummary[],
): void {
  const {
    git: _g,
    starred: _s,
    updatedTime: _u,
    derivedBy: _d,
    ...rolledUp
  } = rollUp(rows, noFacts);
  const summary: RolledUp = rolledUp;
  const { table, trace } = where;
  connection.run(
    `UPDATE ${table} SET finish = ?, status = ?, kinds = ?, errors = ?, cost = ?, tokens = ?,
       user = ?, session = ?, service = ?, tags = ?, summary = ? WHERE id = ?`,
    ...[...plainValues(summary), trace],
  );
  // Apart, and only where they differ: writing an indexed column rewrites a page of its index.
  const listed = [summary.startTime, Number(summary.ai), summary.run?.runId ?? null];
  connection.run(
    `UPDATE ${table} SET start = ?, ai = ?, run = ?
     WHERE id = ? AND (start IS NOT ? OR ai IS NOT ? OR run IS NOT ?)`,
    ...[...listed, trace, ...listed],
  );
  connection.run(`UPDATE ${table} SET dirty = 0 WHERE id = ? AND dirty = 1`, trace);
}

function plainValues(summary: RolledUp): readonly SqlValue[] {
  const { endTime, status, errorCount, cost, usage } = summary;
  return [
    ...[endTime ?? null, observationStatuses.indexOf(status), kindBits(summary), errorCount],
    ...[cost?.total ?? null, tokensOf(usage) ?? null],
    ...[summary.userId ?? null, summary.sessionId ?? null, summary.serviceName ?? null],
    ...[JSON.stringify(summary.tags), JSON.stringify(summary)],
  ];
}

/** One bit for each kind of observation in the trace. */
function kindBits({ counts }: RolledUp): number {
  return observationKinds.reduce((bits, kind, i) => bits | (counts[kind] ? 1 << i : 0), 0);
}

/** The columns that `traceSummary` reads, in its order. */
export const traceColumns = 't.summary, t.updated, t.git, t.starred, t.dialects, t.prices';

/** The summary in a row of `traceColumns`, not yet settled. */
export function traceSummary(row: SqlRow): TraceSummary {
  const [summary, updated, git, starred, dialects, prices] = row;
  const derivedBy: DerivedBy = { dialects: number(dialects) ?? 0, prices: text(prices) ?? '' };
  return {
    ...(JSON.parse(text(summary) ?? '{}') as RolledUp),
    ...(typeof git === 'string' && { git: JSON.parse(git) as GitState }),
    starred: starred === 1,
    updatedTime: number(updated) ?? 0,
    derivedBy,
  };
}
