import { compareRows } from './compareRows';
import type { ObservationSummary } from './observation';

/**
 * One call that several instrumentations have seen, a layer each: a framework's span, in it the
 * client library's, in it that of our hook. The outermost stands for all; what it does not know
 * the inner ones tell.
 */
export interface Layers {
  readonly rows: readonly ObservationSummary[];
  /** Outermost → the inner ones, from without to within, by span id. */
  readonly parts: ReadonlyMap<string, readonly string[]>;
  /** Inner → outermost. */
  readonly outermost: ReadonlyMap<string, string>;
}

/** True for what may be a layer of another of its kind. */
export function isCall({ kind }: ObservationSummary): boolean {
  return kind === 'generation' || kind === 'embedding';
}

/** The rows of a trace with the layers of each call as one. The same array where there are none. */
export function joinLayers(rows: readonly ObservationSummary[]): Layers {
  const inner = innerLayers(rows);
  if (inner.size === 0) return { rows, parts: new Map(), outermost: new Map() };
  const below = new Set([...inner.values()].map((row) => row.spanId));
  const parts = new Map<string, readonly string[]>();
  const outermost = new Map<string, string>();
  const whole = new Map<string, ObservationSummary>();
  for (const row of rows) {
    if (below.has(row.spanId) || !inner.has(row.spanId)) continue;
    let joined = row;
    const ids: string[] = [];
    for (let next = inner.get(row.spanId); next; next = inner.get(next.spanId)) {
      joined = withInner(joined, next);
      ids.push(next.spanId);
      outermost.set(next.spanId, row.spanId);
    }
    parts.set(row.spanId, ids);
    whole.set(row.spanId, joined);
  }
  const left = rows
    .filter((row) => !outermost.has(row.spanId))
    .map((row) => {
      const parent = outermost.get(row.parentSpanId ?? '');
      const shown = whole.get(row.spanId) ?? row;
      return parent === undefined ? shown : { ...shown, parentSpanId: parent };
    });
  return { rows: left, parts, outermost };
}

/** Several calls inside one are attempts, and each is shown; a single one is the same call again. */
function innerLayers(rows: readonly ObservationSummary[]): ReadonlyMap<string, ObservationSummary> {
  const calls = new Map(rows.flatMap((row) => (isCall(row) ? [[row.spanId, row] as const] : [])));
  const inner = new Map<string, ObservationSummary>();
  const several = new Set<string>();
  for (const row of [...calls.values()].sort(compareRows)) {
    const outer = calls.get(row.parentSpanId ?? '');
    if (!outer || outer === row) continue;
    if (inner.has(outer.spanId)) several.add(outer.spanId);
    inner.set(outer.spanId, row);
  }
  for (const [outer, row] of inner) {
    const above = calls.get(outer);
    if (several.has(outer) || !above || !isSame(above, row)) inner.delete(outer);
  }
  return withSeen(calls, inner);
}

/** Some instrumentations do not make their span the active one: our hook's then stands beside it. */
function withSeen(
  calls: ReadonlyMap<string, ObservationSummary>,
  inner: Map<string, ObservationSummary>,
): ReadonlyMap<string, ObservationSummary> {
  const taken = new Set([...inner.values()]);
  const others = new Map<string, ObservationSummary[]>();
  for (const row of [...calls.values()].sort(compareRows)) {
    if (row.join?.part === 'seen' || inner.has(row.spanId)) continue;
    const place = row.parentSpanId ?? '';
    if (!others.get(place)?.push(row)) others.set(place, [row]);
  }
  if (others.size === 0) return inner;
  for (const row of [...calls.values()].sort(compareRows)) {
    if (row.join?.part !== 'seen' || taken.has(row)) continue;
    const beside = others.get(row.parentSpanId ?? '') ?? [];
    // The last that had begun is the nearest.
    const index = beside.findLastIndex((other) => holds(other, row));
    const [outer] = index < 0 ? [] : beside.splice(index, 1);
    if (outer) inner.set(outer.spanId, row);
  }
  return inner;
}

/** JavaScript's clocks may differ by a step of theirs: a millisecond, in microseconds. */
const clockStep = 1000;

function holds(outer: ObservationSummary, inner: ObservationSummary): boolean {
  const { startTime, endTime = Infinity, usage } = outer;
  if (inner.startTime < startTime - clockStep || inner.startTime > endTime) return false;
  const isCounted = usage?.input !== undefined && inner.usage?.input !== undefined;
  return isSame(outer, inner) && (!isCounted || usage.input === inner.usage?.input);
}

/** One answer has one id; where either has none, one kind of call to one model is the same. */
function isSame(outer: ObservationSummary, inner: ObservationSummary): boolean {
  // Some call an embedding a generation; our hook knows.
  if (outer.kind !== inner.kind && inner.join?.part !== 'seen') return false;
  if (outer.responseId !== undefined && inner.responseId !== undefined) {
    return outer.responseId === inner.responseId;
  }
  const names = ({ model, requestedModel }: ObservationSummary) =>
    [model, requestedModel].flatMap((name) => name?.replace(/^.*\//, '') ?? []);
  const known = names(outer);
  const other = names(inner);
  return known.length === 0 || other.length === 0 || known.some((name) => other.includes(name));
}

/** What each says of itself is the outer one's; tokens and their price are the inner one's. */
function withInner(outer: ObservationSummary, inner: ObservationSummary): ObservationSummary {
  const usage = inner.usage || outer.usage ? { ...outer.usage, ...inner.usage } : undefined;
  const { parentSpanId, endTime, statusMessage } = outer;
  return {
    ...inner,
    ...outer,
    ...{ parentSpanId, endTime, statusMessage, usage },
    kind: inner.join?.part === 'seen' ? inner.kind : outer.kind,
    cost: inner.cost ?? outer.cost,
    timeToFirstTokenMs: outer.timeToFirstTokenMs ?? timeIn(outer, inner),
    join: outer.join,
  };
}

/** Counted from the start of the outer one. */
function timeIn(outer: ObservationSummary, inner: ObservationSummary): number | undefined {
  if (inner.timeToFirstTokenMs === undefined) return undefined;
  return inner.timeToFirstTokenMs + Math.max(0, inner.startTime - outer.startTime) / 1000;
}
