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
  connection.run(
    `UPDATE ${where.table} SET start = ?, finish = ?, status = ?, ai = ?, kinds = ?, errors = ?,
       cost = ?, tokens = ?, user = ?, session = ?, service = ?, run = ?, tags = ?, summary = ?, dirty = 0
     WHERE id = ?`,
    ...rollUpValues(rows),
    where.trace,
  );
}

function rollUpValues(rows: readonly ObservationSummary[]): readonly SqlValue[] {
  const {
    git: _g,
    starred: _s,
    updatedTime: _u,
    derivedBy: _d,
    ...summary
  } = rollUp(rows, noFacts);
  const { startTime, endTime, status, ai, errorCount, cost, usage } = summary;
  return [
    ...[startTime, endTime ?? null, observationStatuses.indexOf(status), Number(ai)],
    ...[kindBits(summary), errorCount, cost?.total ?? null, tokensOf(usage) ?? null],
    ...[summary.userId ?? null, summary.sessionId ?? null, summary.serviceName ?? null],
    ...[summary.run?.runId ?? null, JSON.stringify(summary.tags), JSON.stringify(summary)],
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
