import { compareRows } from './compareRows';
import { joinRows } from './join';
import type { Cost, ObservationSummary, Usage } from './observation';
import type { DerivedBy, GitState, TraceSummary } from './trace';

/**
 * A trace is recomputed from its rows, never added up: whatever came twice, late or in another
 * order, the same rows give the same trace.
 */

/** What a trace has that its observations do not say. */
export interface TraceFacts {
  readonly starred: boolean;
  readonly git?: GitState;
  /** Microseconds since 1970 of the newest arrival. */
  readonly updatedTime: number;
  readonly derivedBy: DerivedBy;
}

/** Silence after which what still runs counts as interrupted: 10 minutes, in microseconds. */
export const silenceLimit = 10 * 60 * 1_000_000;

/** Sums up the observations of one trace, given in any order; at least one is needed. */
export function rollUp(rows: readonly ObservationSummary[], facts: TraceFacts): TraceSummary {
  const joined = joinRows(rows);
  const ordered = [...joined].sort(compareRows);
  const roots = rootsOf(ordered);
  const [root] = roots;
  if (!root) throw new Error('A trace has at least one observation');
  const counted = countedCalls(ordered);
  const errors = ordered.filter((row) => row.status === 'error');
  const firstError = deepestFirst(errors)[0];
  const usage = sumUsage(counted.flatMap((row) => row.usage ?? []));
  const cost = sumCost(counted.flatMap((row) => row.cost ?? []));
  const status = statusOf(ordered, roots);
  const first = <K extends keyof ObservationSummary>(key: K) =>
    root[key] ?? ordered.find((row) => row[key] !== undefined)?.[key];
  return {
    traceId: root.traceId,
    name: traceName(ordered, root),
    startTime: ordered.reduce((least, row) => Math.min(least, row.startTime), root.startTime),
    endTime: status === 'running' ? undefined : endOf(ordered),
    status,
    sessionId: first('sessionId'),
    userId: first('userId'),
    tags: unique(ordered.flatMap((row) => row.tags ?? [])).sort(),
    serviceName: first('serviceName'),
    environment: first('environment'),
    release: first('release'),
    usage,
    cost,
    unpricedCalls: counted.filter((row) => row.cost?.total === undefined).length,
    counts: countKinds(ordered),
    observationCount: ordered.length,
    errorCount: errors.length,
    firstError: firstError && {
      spanId: firstError.spanId,
      message: firstError.statusMessage ?? firstError.name,
    },
    agents: unique(ordered.flatMap((row) => (row.kind === 'agent' ? row.agentName : []) ?? [])),
    models: unique(ordered.flatMap((row) => row.model ?? row.requestedModel ?? [])),
    rootSpanId: root.spanId,
    ai: ordered.some((row) => row.ai),
    ...(joined === rows ? {} : { joined: true }),
    git: facts.git,
    starred: facts.starred,
    run: first('run'),
    updatedTime: facts.updatedTime,
    derivedBy: facts.derivedBy,
  };
}

/** A running trace nobody has heard of for `silenceLimit` was interrupted. */
export function settle(trace: TraceSummary, now: number): TraceSummary {
  if (trace.status !== 'running' || now - trace.updatedTime < silenceLimit) return trace;
  return { ...trace, status: 'interrupted', endTime: trace.updatedTime };
}

export { compareRows };

/**
 * Observations that nothing known lies above, true roots (without a parent) before orphans whose
 * parent has not come. Cycles have no root, so the earliest observation stands in.
 */
export function rootsOf(ordered: readonly ObservationSummary[]): readonly ObservationSummary[] {
  const known = new Set(ordered.map((row) => row.spanId));
  const trueRoots = ordered.filter((row) => row.parentSpanId === undefined);
  const orphans = ordered.filter(
    (row) =>
      row.parentSpanId !== undefined &&
      (!known.has(row.parentSpanId) || row.parentSpanId === row.spanId),
  );
  const roots = [...trueRoots, ...orphans];
  return roots.length > 0 ? roots : ordered.slice(0, 1);
}

/**
 * The calls whose tokens count: of each branch the deepest observations with usage, and of
 * several with one response id the first. Wrappers repeat what their calls used.
 */
function countedCalls(ordered: readonly ObservationSummary[]): readonly ObservationSummary[] {
  const parents = new Map(ordered.map((row) => [row.spanId, row.parentSpanId]));
  const wrappers = new Set<string>();
  for (const row of ordered) {
    if (!row.usage) continue;
    let above = row.parentSpanId;
    while (above !== undefined && above !== row.spanId && !wrappers.has(above)) {
      wrappers.add(above);
      above = parents.get(above);
    }
  }
  const responses = new Set<string>();
  return ordered.filter((row) => {
    if (!row.usage || wrappers.has(row.spanId)) return false;
    if (row.responseId === undefined) return true;
    if (responses.has(row.responseId)) return false;
    responses.add(row.responseId);
    return true;
  });
}

function statusOf(
  rows: readonly ObservationSummary[],
  roots: readonly ObservationSummary[],
): TraceSummary['status'] {
  if (rows.some((row) => row.status === 'running')) return 'running';
  if (rows.some((row) => row.status === 'interrupted')) return 'interrupted';
  return roots.some((row) => row.status === 'error') ? 'error' : 'ok';
}

function endOf(rows: readonly ObservationSummary[]): number {
  return rows.reduce((latest, row) => Math.max(latest, row.endTime ?? row.startTime), 0);
}

function traceName(rows: readonly ObservationSummary[], root: ObservationSummary): string {
  return root.traceName ?? rows.find((row) => row.traceName !== undefined)?.traceName ?? root.name;
}

/** The deepest error is the one that caused the others; a parent merely passes it on. */
function deepestFirst(errors: readonly ObservationSummary[]): readonly ObservationSummary[] {
  const passedOn = new Set(errors.map((row) => row.parentSpanId));
  return [...errors].sort(
    (a, b) =>
      Number(passedOn.has(a.spanId)) - Number(passedOn.has(b.spanId)) ||
      (a.endTime ?? Infinity) - (b.endTime ?? Infinity) ||
      compareRows(a, b),
  );
}

function countKinds(rows: readonly ObservationSummary[]): TraceSummary['counts'] {
  const counts: Partial<Record<ObservationSummary['kind'], number>> = {};
  for (const row of rows) counts[row.kind] = (counts[row.kind] ?? 0) + 1;
  return counts;
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}

/** Sums each bucket over the calls that reported it. */
export function sumUsage(usages: readonly Usage[]): Usage | undefined {
  return sumFields(usages, ['input', 'output', 'cacheRead', 'cacheWrite', 'reasoning', 'total']);
}

/** Sums dollars over the calls with a known price, in micro-dollar-free order-independent form. */
export function sumCost(costs: readonly Cost[]): Cost | undefined {
  return sumFields(costs, ['input', 'output', 'total']);
}

/** Sorted before summing, so that floating point gives one result whatever the order. */
function sumFields<K extends string>(
  items: readonly Readonly<Partial<Record<K, number>>>[],
  keys: readonly K[],
): Partial<Record<K, number>> | undefined {
  const sum: Partial<Record<K, number>> = {};
  for (const key of keys) {
    const values = items.flatMap((item) => item[key] ?? []).sort((a, b) => a - b);
    if (values.length > 0) sum[key] = values.reduce((total, value) => total + value, 0);
  }
  return Object.keys(sum).length > 0 ? sum : undefined;
}
