import { settle } from '../../model/rollup';
import type { TraceSummary } from '../../model/trace';
import type { TraceQuery } from '../traceStore';
import type { Connection } from './connection';
import { traceCondition, type SqlCondition } from './filterSql';
import { FreshTraces } from './freshTraces';
import type { SpanTable, TraceKey } from './spanTable';
import { traceColumns, traceSummary, type TraceTable } from './traceRow';

const visible = 't.removed = 0 AND t.spans > 0';

/** Traces that one part of a filtered list looks at. */
const partTraces = 2_000;

interface PartQuery extends TraceQuery {
  /** Ends with this trace. */
  readonly from?: TraceQuery['before'];
}

/** Reads traces. What the writer has marked dirty is rolled up before it is shown. */
export class TraceList {
  private readonly fresh: FreshTraces;

  constructor(
    private readonly options: {
      readonly connection: Connection;
      readonly table: SpanTable;
      readonly now: () => number;
    },
  ) {
    this.fresh = new FreshTraces(options);
  }

  /** The trace's number, where it can be seen. */
  key(traceId: string): TraceKey | undefined {
    const row = this.options.connection.get(
      `SELECT t.id FROM traces t WHERE t.trace_id = ? AND ${visible}`,
      traceId,
    );
    return row && { id: Number(row[0]), traceId };
  }

  trace(traceId: string): TraceSummary | undefined {
    this.fresh.rollUp();
    const { connection, now } = this.options;
    for (const table of this.fresh.tables()) {
      const row = connection.get(
        `SELECT ${traceColumns} FROM ${table} t WHERE t.trace_id = ? AND ${visible} AND t.dirty = 0`,
        traceId,
      );
      if (row) return settle(traceSummary(row), now());
    }
    return undefined;
  }

  list(query: TraceQuery): readonly TraceSummary[] {
    this.fresh.rollUp();
    return this.merged(query);
  }

  /**
   * The part of a filtered list that lies among the next traces, so that no statement is long.
   * `next` is where the following part begins, absent at the end.
   */
  part(query: TraceQuery): { traces: readonly TraceSummary[]; next?: TraceQuery['before'] } {
    this.fresh.rollUp();
    const { connection } = this.options;
    const { filter: _, ...unfiltered } = query;
    const conditions = conditionsOf(unfiltered, 0);
    const last = connection.get(
      `SELECT t.start, t.trace_id FROM traces t
       WHERE ${conditions.map(({ sql }) => sql).join(' AND ')}
       ORDER BY t.start DESC, t.trace_id DESC LIMIT 1 OFFSET ${String(partTraces)}`,
      ...conditions.flatMap(({ values }) => values),
    );
    if (!last) return { traces: this.merged(query) };
    const next = { startTime: Number(last[0]), traceId: String(last[1]) };
    return { traces: this.merged({ ...query, from: next }), next };
  }

  private merged(query: PartQuery): readonly TraceSummary[] {
    const lists = this.fresh.tables().map((table) => this.listOf(table, query));
    const [only = []] = lists;
    if (lists.length === 1) return only;
    return lists.flat().sort(compareNewest).slice(0, query.limit);
  }

  findTraceIds(prefix: string): readonly string[] {
    if (!/^[0-9a-f]{4,}$/.test(prefix)) return [];
    const rows = this.options.connection.all(
      `SELECT t.trace_id FROM traces t WHERE t.trace_id >= ? AND t.trace_id < ? AND ${visible}
       ORDER BY t.trace_id LIMIT 10`,
      ...[prefix, `${prefix}g`],
    );
    return rows.map(([traceId]) => String(traceId));
  }

  private listOf(table: TraceTable, query: PartQuery): readonly TraceSummary[] {
    const { connection, now } = this.options;
    const time = now();
    const { sql, values } = listStatement(table, query, time);
    const rows = connection.all(sql, ...values);
    return rows.map((row) => settle(traceSummary(row), time));
  }
}

/** The statement behind a page of a list; the indexes of `traces` give its order. */
export function listStatement(table: TraceTable, query: PartQuery, now: number): SqlCondition {
  const conditions = conditionsOf(query, now);
  const { traceIds } = query;
  // Named ones are looked up one by one, never looked for among all.
  const named = traceIds && `(SELECT DISTINCT value FROM json_each(?)) j CROSS JOIN`;
  return {
    sql: `SELECT ${traceColumns} FROM ${named ?? ''} ${table} t
      WHERE ${named ? 't.trace_id = j.value AND' : ''}
        ${conditions.map(({ sql }) => sql).join(' AND ')}
      ORDER BY t.start DESC, t.trace_id DESC LIMIT ?`,
    values: [
      ...(traceIds ? [JSON.stringify(traceIds)] : []),
      ...conditions.flatMap(({ values }) => values),
      Math.min(query.limit, Number.MAX_SAFE_INTEGER),
    ],
  };
}

function conditionsOf(query: Omit<PartQuery, 'limit'>, now: number): readonly SqlCondition[] {
  const { ai, runId, before, from, filter } = query;
  const conditions: SqlCondition[] = [{ sql: `${visible} AND t.dirty = 0`, values: [] }];
  if (ai !== undefined) conditions.push({ sql: 't.ai = ?', values: [Number(ai)] });
  if (runId !== undefined) conditions.push({ sql: 't.run = ?', values: [runId] });
  if (before) {
    const values = [before.startTime, before.traceId];
    conditions.push({ sql: '(t.start, t.trace_id) < (?, ?)', values });
  }
  if (from) {
    const values = [from.startTime, from.traceId];
    conditions.push({ sql: '(t.start, t.trace_id) >= (?, ?)', values });
  }
  if (filter) conditions.push(traceCondition(filter, now));
  return conditions;
}

/** The order of lists: newest first, then by id downwards. */
function compareNewest(a: TraceSummary, b: TraceSummary): number {
  return b.startTime - a.startTime || (a.traceId < b.traceId ? 1 : -1);
}
