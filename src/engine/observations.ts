import { joinTrace, type Joined } from '../model/join';
import { joinObservations } from '../model/joinObservations';
import type { Observation, ObservationSummary, Score } from '../model/observation';
import { shownScore, type GivenScore } from '../model/score';
import type { LogRecord } from '../model/span';
import type { Trace, TraceSummary } from '../model/trace';
import { decodeLog } from '../otlp/decode';
import type { RowPage, TraceStore } from '../store/traceStore';
import { readObservation, withContent } from './read';
import type { ObservationPage, PageKey } from './services';

/**
 * The observations of a trace as they are shown, from the rows and bytes in a store: log records
 * at their spans, what several spans tell together as one, scores at what they are about.
 */
export class ObservationReader {
  private known: { readonly state: string; readonly joined: Joined } | undefined;

  constructor(private readonly store: TraceStore) {}

  /** In order of time; with a limit the first ones, unless they must be known together. */
  async rows(trace: TraceSummary, limit?: number): Promise<readonly ObservationSummary[]> {
    const rows = trace.joined
      ? (await this.joined(trace)).rows
      : await this.store.rows(trace.traceId, limit === undefined ? undefined : { limit });
    return settleRows(trace, rows);
  }

  /** With the input and output of its root. */
  async content(trace: TraceSummary): Promise<Trace> {
    const rows = await this.rows(trace);
    const calls = rows.filter((row) => row.kind === 'generation');
    const ids = [trace.rootSpanId, calls[0]?.spanId, calls.at(-1)?.spanId];
    const read = await this.observations(
      trace,
      ids.flatMap((id) => id ?? []),
    );
    const byId = (id: string | undefined) => read.find((one) => one.spanId === id);
    const given = (await this.store.scores(trace.traceId)).filter((score) => !score.spanId);
    const shown = withContent(trace, {
      root: byId(ids[0]),
      first: byId(ids[1]),
      last: byId(ids[2]),
    });
    return { ...shown, scores: [...shown.scores, ...given.map(shownScore)] };
  }

  async page(trace: TraceSummary, page: RowPage & { limit: number }): Promise<ObservationPage> {
    const rows = await this.store.rows(trace.traceId, page);
    const shown = trace.joined ? await this.shownOf(trace, rows) : rows;
    const observations = await this.observations(
      trace,
      shown.map((row) => row.spanId),
    );
    return { observations, next: nextKey(rows, page.limit) };
  }

  /** The named observations in that order; a span that was joined to another stands for it. */
  async observations(
    trace: TraceSummary,
    spanIds: readonly string[],
  ): Promise<readonly Observation[]> {
    const given = await this.store.scores(trace.traceId);
    const sent = await this.sent(trace, spanIds);
    return given.length === 0 ? sent : sent.map((observation) => withGiven(observation, given));
  }

  private async sent(
    trace: TraceSummary,
    spanIds: readonly string[],
  ): Promise<readonly Observation[]> {
    const logs = (await this.store.logs(trace.traceId)).map(decodeLog);
    const logsOf = logsBySpan(await this.placed(trace, logs));
    if (!trace.joined) return this.read(trace, spanIds, logsOf);
    const { rows, parts, scoredBy } = await this.joined(trace);
    const wholeOf = new Map(
      [...parts].flatMap(([id, of]) => of.map((part) => [part, id] as const)),
    );
    const shown = new Map(rows.map((row) => [row.spanId, row]));
    const asked = [...new Set(spanIds.map((id) => wholeOf.get(id) ?? id))];
    const carriersOf = (id: string) => [
      ...(scoredBy.get(id) ?? []),
      ...(id === trace.rootSpanId ? (scoredBy.get('') ?? []) : []),
    ];
    const needed = asked.flatMap((id) => [id, parts.get(id) ?? [], carriersOf(id)].flat());
    const byId = new Map(
      (await this.read(trace, needed, logsOf)).map((one) => [one.spanId, one] as const),
    );
    return asked.flatMap((id) => {
      const [own, row] = [byId.get(id), shown.get(id)];
      if (!own || !row) return own ?? [];
      const others = (parts.get(id) ?? []).flatMap((part) => byId.get(part) ?? []);
      const given = carriersOf(id).flatMap((carrier) => byId.get(carrier)?.scores ?? []);
      return settle(trace, withScores(joinedWith(row, own, others), row, given));
    });
  }

  /** How many log records name no span of the trace, nor an answer that came in it. */
  async looseLogs(trace: TraceSummary): Promise<number> {
    const logs = (await this.store.logs(trace.traceId)).map(decodeLog);
    if (logs.length === 0) return 0;
    const spans = new Set((await this.store.rows(trace.traceId)).map(({ spanId }) => spanId));
    const placed = await this.placed(trace, logs);
    return placed.filter(({ spanId }) => spanId === undefined || !spans.has(spanId)).length;
  }

  private async read(
    trace: TraceSummary,
    spanIds: readonly string[],
    logsOf: ReadonlyMap<string, readonly LogRecord[]>,
  ): Promise<readonly Observation[]> {
    const unique = [...new Set(spanIds)];
    const records = await this.store.records(trace.traceId, unique);
    const byId = new Map(records.map((record) => [record.spanId, record]));
    return unique.flatMap((spanId) => {
      const record = byId.get(spanId);
      if (!record) return [];
      return settle(trace, readObservation(record.deliveries, logsOf.get(spanId) ?? []));
    });
  }

  /** Those of a page that are observations of their own. */
  private async shownOf(
    trace: TraceSummary,
    rows: readonly ObservationSummary[],
  ): Promise<readonly ObservationSummary[]> {
    const { parts } = await this.joined(trace);
    const hidden = new Set([...parts.values()].flat());
    return rows.filter((row) => !hidden.has(row.spanId));
  }

  /** Evaluations of an answer may come as records that name the answer instead of its span. */
  private async placed(
    trace: TraceSummary,
    logs: readonly LogRecord[],
  ): Promise<readonly LogRecord[]> {
    const isLost = (log: LogRecord) => responseOf(log) !== undefined;
    if (!logs.some(isLost)) return logs;
    const rows = await this.store.rows(trace.traceId);
    const spans = new Map(rows.map(({ responseId, spanId }) => [responseId, spanId]));
    return logs.map((log) => {
      const spanId = isLost(log) ? spans.get(responseOf(log)) : undefined;
      return spanId === undefined ? log : withSpan(log, spanId);
    });
  }

  /** Read once for all pages of a trace that stays as it is. */
  private async joined(trace: TraceSummary): Promise<Joined> {
    const state = [trace.traceId, trace.updatedTime, trace.status, trace.observationCount].join();
    if (this.known?.state === state) return this.known.joined;
    const joined = joinTrace(await this.store.rows(trace.traceId));
    this.known = { state, joined };
    return joined;
  }
}

/** Where the next page begins; undefined behind the last one. */
export function nextKey(rows: readonly ObservationSummary[], limit: number): PageKey | undefined {
  const last = rows.at(-1);
  if (!last || rows.length < limit) return undefined;
  return { startTime: last.startTime, spanId: last.spanId };
}

function responseOf(log: LogRecord): string | undefined {
  if (log.spanId !== undefined || !log.eventName.startsWith('gen_ai.')) return undefined;
  const id = log.attributes.get('gen_ai.response.id');
  return typeof id === 'string' ? id : undefined;
}

/** Views may use getters; spreading needs plain fields. */
function withSpan(log: LogRecord, spanId: string): LogRecord {
  const { traceId, time, eventName, severity, body, attributes, scope, resource } = log;
  return { traceId, spanId, time, eventName, severity, body, attributes, scope, resource };
}

function logsBySpan(logs: readonly LogRecord[]): ReadonlyMap<string, readonly LogRecord[]> {
  const bySpan = new Map<string, LogRecord[]>();
  for (const log of logs) {
    if (log.spanId === undefined) continue;
    const known = bySpan.get(log.spanId);
    if (known) known.push(log);
    else bySpan.set(log.spanId, [log]);
  }
  return bySpan;
}

function joinedWith(
  row: ObservationSummary,
  own: Observation,
  others: readonly Observation[],
): Observation {
  if (others.length > 0) return joinObservations(row, own, others);
  const { status, level, statusMessage, endTime, parentSpanId } = row;
  return { ...own, status, level, statusMessage, endTime, parentSpanId };
}

/** What a carrier brings belongs to what it is about, and not to the carrier. */
function withScores(
  { scores, ...rest }: Observation,
  row: ObservationSummary,
  given: readonly Score[],
): Observation {
  const own = row.join?.part === 'scores' ? [] : (scores ?? []);
  const all = [...own, ...given];
  return all.length === 0 ? rest : { ...rest, scores: all };
}

/** What a person has scored is shown with what was sent. */
function withGiven(observation: Observation, given: readonly GivenScore[]): Observation {
  const own = given.filter(({ spanId }) => spanId === observation.spanId).map(shownScore);
  return own.length === 0
    ? observation
    : { ...observation, scores: [...(observation.scores ?? []), ...own] };
}

/** What still runs in an interrupted trace was interrupted with it. */
function settleRows(
  trace: TraceSummary,
  rows: readonly ObservationSummary[],
): readonly ObservationSummary[] {
  if (trace.status !== 'interrupted') return rows;
  return rows.map((row) => (row.status === 'running' ? { ...row, status: 'interrupted' } : row));
}

function settle(trace: TraceSummary, observation: Observation): Observation {
  if (trace.status !== 'interrupted' || observation.status !== 'running') return observation;
  return { ...observation, status: 'interrupted' };
}
