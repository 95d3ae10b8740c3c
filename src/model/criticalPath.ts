import type { TraceColumns } from './columns';

/**
 * Where the time of a trace went. The *self time* of an observation is the part of it in which none
 * of its children ran. The *critical path* is the chain that decided when the trace ended: walked
 * backwards from the end, at every moment the observation that the rest was waiting for.
 */

/** Clocks round to milliseconds, so a step may seem to begin this long before the one it waited for ended. */
const tolerance = 1000;

/** Which parts of which rows lie on the critical path. */
export interface CriticalPath {
  /** Segments of row `r` are those from `first[r]` to before `first[r + 1]`. */
  readonly first: Uint32Array;
  /** Microseconds from the origin of the trace. */
  readonly from: Float64Array;
  readonly to: Float64Array;
}

/** Microseconds of each row in which no child of it ran; what runs lasts until `end`. */
export function selfTimes(columns: TraceColumns, end: number): Float64Array {
  const { count, parent, start } = columns;
  const times = new Float64Array(count);
  /** Up to where the children seen so far have covered each row; they come in order of start. */
  const covered = new Float64Array(count);
  for (let row = 0; row < count; row++) {
    const from = start[row] ?? 0;
    const to = endOf(columns, row, end);
    times[row] = to - from;
    covered[row] = from;
    const above = parent[row] ?? -1;
    if (above < 0) continue;
    const begin = Math.max(from, covered[above] ?? 0);
    const stop = Math.min(to, endOf(columns, above, end));
    if (stop <= begin) continue;
    times[above] = (times[above] ?? 0) - (stop - begin);
    covered[above] = stop;
  }
  return times;
}

interface Segment {
  readonly row: number;
  readonly from: number;
  readonly to: number;
}

/** The critical path of a trace that ends, or is observed, at `end` microseconds from its origin. */
export function criticalPath(columns: TraceColumns, end: number): CriticalPath {
  const own: Segment[] = [];
  const waiting: Segment[] = [{ row: -1, from: 0, to: end }];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    walk(next, { columns, end, own, waiting });
  }
  return bySegmentRow(columns.count, own);
}

/** Microseconds of a row that lie on the path. */
export function timeOnPath(path: CriticalPath, row: number): number {
  let time = 0;
  for (let at = path.first[row] ?? 0; at < (path.first[row + 1] ?? 0); at++) {
    time += (path.to[at] ?? 0) - (path.from[at] ?? 0);
  }
  return time;
}

interface Walk {
  readonly columns: TraceColumns;
  readonly end: number;
  readonly own: Segment[];
  /** Children on the path, still to be walked. */
  readonly waiting: Segment[];
}

/** Walks back through one row: what its children do not account for is its own. */
function walk({ row, from, to }: Segment, { columns, end, own, waiting }: Walk): void {
  const take = (begin: number, stop: number) => {
    if (row >= 0 && stop > begin) own.push({ row, from: begin, to: stop });
  };
  let cursor = to;
  for (const child of latestFirst(columns, row, end)) {
    const begin = Math.max(columns.start[child] ?? 0, from);
    const last = endOf(columns, child, end);
    if (cursor < to && last > cursor + tolerance) continue;
    const stop = Math.min(last, cursor);
    if (stop <= begin) continue;
    take(stop, cursor);
    waiting.push({ row: child, from: begin, to: stop });
    cursor = begin;
  }
  take(from, cursor);
}

/** Children of a row, or the roots for -1, by their end; of those that end together the first to start. */
function latestFirst(columns: TraceColumns, row: number, end: number): readonly number[] {
  const { count, subtree } = columns;
  const stop = row < 0 ? count : row + (subtree[row] ?? 1);
  const children: number[] = [];
  for (let child = row + 1; child < stop; child += Math.max(1, subtree[child] ?? 1)) {
    children.push(child);
  }
  return children.sort((a, b) => endOf(columns, b, end) - endOf(columns, a, end) || a - b);
}

function endOf({ start, duration }: TraceColumns, row: number, end: number): number {
  const from = start[row] ?? 0;
  const length = duration[row] ?? -1;
  return length < 0 ? Math.max(from, end) : from + length;
}

function bySegmentRow(count: number, segments: readonly Segment[]): CriticalPath {
  const first = new Uint32Array(count + 1);
  for (const { row } of segments) first[row + 1] = (first[row + 1] ?? 0) + 1;
  for (let row = 0; row < count; row++) first[row + 1] = (first[row + 1] ?? 0) + (first[row] ?? 0);
  const free = first.slice();
  const from = new Float64Array(segments.length);
  const to = new Float64Array(segments.length);
  // The walk goes backwards in time and rows are filled from the back, so each row's stand in order.
  for (const segment of [...segments].reverse()) {
    const at = free[segment.row] ?? 0;
    free[segment.row] = at + 1;
    from[at] = segment.from;
    to[at] = segment.to;
  }
  return { first, from, to };
}
