import { compareRows } from './compareRows';
import { isCall, joinLayers } from './joinLayers';
import type { ObservationSummary } from './observation';

/**
 * Some libraries tell one observation in several spans: a streamed answer comes as a span of its
 * own, scores come on a carrier, a wrapper leaves it to its children to say that it failed. The
 * rows stay as they were read; here they become what a person is shown and what is counted. As a
 * roll-up, this is worked out over all rows of a trace again, whatever the order they came in.
 */
export interface Joined {
  /** What is shown and counted. The very same array where nothing was to join. */
  readonly rows: readonly ObservationSummary[];
  /** Observation → the spans that it was joined with: an answer, or layers from without to within. */
  readonly parts: ReadonlyMap<string, readonly string[]>;
  /** Observation → the spans that carry scores of it; under '' those of the trace. */
  readonly scoredBy: ReadonlyMap<string, readonly string[]>;
}

/** The rows of a trace, given in any order, as its observations. */
export function joinRows(rows: readonly ObservationSummary[]): readonly ObservationSummary[] {
  return isJoined(rows) ? joinTrace(rows).rows : rows;
}

function isJoined(rows: readonly ObservationSummary[]): boolean {
  if (rows.some(({ join }) => join && join.part !== 'seen')) return true;
  const calls = rows.filter(isCall);
  const isSeen = (row: ObservationSummary) => row.join?.part === 'seen';
  if (calls.some(isSeen) && !calls.every(isSeen)) return true;
  const ids = new Set(calls.map((row) => row.spanId));
  return calls.some((row) => ids.has(row.parentSpanId ?? ''));
}

/** The same, and what was joined with what. */
export function joinTrace(rows: readonly ObservationSummary[]): Joined {
  const answers = answersOf(rows);
  const requestOf = new Map([...answers].map(([request, answer]) => [answer.spanId, request]));
  const byId = new Map(rows.map((row) => [row.spanId, row]));
  const whole = rows
    .filter((row) => !requestOf.has(row.spanId))
    .map((row) => {
      const answer = answers.get(row.spanId);
      if (answer) return answered(row, answer);
      const below = requestOf.get(row.parentSpanId ?? '');
      if (below !== undefined) return { ...row, parentSpanId: below };
      return row.join?.part === 'request' ? unanswered(row, byId.get(row.parentSpanId ?? '')) : row;
    });
  const layers = joinLayers(whole);
  const parts = new Map<string, readonly string[]>(layers.parts);
  for (const [request, { spanId }] of answers) {
    const outer = layers.outermost.get(request) ?? request;
    parts.set(outer, [...(parts.get(outer) ?? []), spanId]);
  }
  return { rows: withWrappers(layers.rows), parts, scoredBy: carriersOf(rows) };
}

/** An answer belongs to the request that ended when it began, among those that asked the same. */
function answersOf(rows: readonly ObservationSummary[]): ReadonlyMap<string, ObservationSummary> {
  const open = new Map<string, ObservationSummary[]>();
  const place = (row: ObservationSummary, call: string) => `${row.parentSpanId ?? ''} ${call}`;
  for (const row of [...rows].sort(compareRows)) {
    if (row.join?.part !== 'request') continue;
    const key = place(row, row.join.call);
    if (!open.get(key)?.push(row)) open.set(key, [row]);
  }
  const answers = new Map<string, ObservationSummary>();
  for (const row of [...rows].sort(compareRows)) {
    if (row.join?.part !== 'answer') continue;
    const { call, since } = row.join;
    const requests = open.get(place(row, call)) ?? [];
    const distance = (request: ObservationSummary) =>
      Math.abs((request.endTime ?? request.startTime) - since);
    const nearest = requests
      .slice(0, mostRivals)
      .filter((request) => request.startTime <= row.startTime)
      .reduce<ObservationSummary | undefined>(
        (best, request) => (best && distance(best) <= distance(request) ? best : request),
        undefined,
      );
    if (!nearest) continue;
    requests.splice(requests.indexOf(nearest), 1);
    answers.set(nearest.spanId, row);
  }
  return answers;
}

/** Of more that ask the same, the earliest are looked at: which is which can hardly matter. */
const mostRivals = 64;

function answered(request: ObservationSummary, answer: ObservationSummary): ObservationSummary {
  const failed = request.status === 'error' ? request : answer;
  return {
    ...request,
    endTime: Math.max(request.endTime ?? 0, answer.endTime ?? answer.startTime),
    ...{ status: failed.status, level: failed.level, statusMessage: failed.statusMessage },
    model: answer.model ?? request.model,
    usage: answer.usage ?? request.usage,
    cost: answer.cost ?? request.cost,
    finishReasons: answer.finishReasons ?? request.finishReasons,
    responseId: answer.responseId ?? request.responseId,
  };
}

/** The request of a stream ends when it opens: it goes on while there can still be an answer. */
function unanswered(
  request: ObservationSummary,
  parent: ObservationSummary | undefined,
): ObservationSummary {
  if (request.status !== 'ok' || !parent) return request;
  if (parent.status !== 'running' && parent.status !== 'interrupted') return request;
  return { ...request, status: parent.status, endTime: undefined };
}

/** A failure passes through wrappers in wrappers: those that start last are settled first. */
function withWrappers(rows: readonly ObservationSummary[]): readonly ObservationSummary[] {
  const wrappers = rows.filter((row) => row.join?.part === 'wrapper' && row.status === 'ok');
  if (wrappers.length === 0) return rows;
  const settled = new Map<string, ObservationSummary>();
  const last = lastChildren(rows);
  const innermostFirst = wrappers.sort(compareRows).reverse();
  for (let pass = 0, changes = 1; changes > 0 && pass < mostPasses; pass++) {
    changes = 0;
    for (const wrapper of innermostFirst) {
      const child = last.get(wrapper.spanId);
      const cause = child && (settled.get(child.spanId) ?? child);
      if (cause?.status !== 'error' || settled.has(wrapper.spanId)) continue;
      const { status, level, statusMessage } = cause;
      settled.set(wrapper.spanId, { ...wrapper, status, level, statusMessage });
      changes++;
    }
  }
  return settled.size === 0 ? rows : rows.map((row) => settled.get(row.spanId) ?? row);
}

/** More only where wrappers start before what they stand in. */
const mostPasses = 8;

/** What each did last, tools left out: their failures are told to the model. */
function lastChildren(
  rows: readonly ObservationSummary[],
): ReadonlyMap<string, ObservationSummary> {
  const last = new Map<string, ObservationSummary>();
  for (const row of rows) {
    if (row.parentSpanId === undefined || row.kind === 'tool') continue;
    const known = last.get(row.parentSpanId);
    if (!known || compareEnds(known, row) < 0) last.set(row.parentSpanId, row);
  }
  return last;
}

function compareEnds(a: ObservationSummary, b: ObservationSummary): number {
  return (a.endTime ?? Infinity) - (b.endTime ?? Infinity) || compareRows(a, b);
}

function carriersOf(rows: readonly ObservationSummary[]): Joined['scoredBy'] {
  const carriers = new Map<string, string[]>();
  for (const { spanId, join } of [...rows].sort(compareRows)) {
    if (join?.part !== 'scores') continue;
    const target = join.of ?? '';
    if (!carriers.get(target)?.push(spanId)) carriers.set(target, [spanId]);
  }
  return carriers;
}
