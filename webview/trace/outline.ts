import type { TraceColumns } from '../../src/model/columns';

/**
 * What the tree needs to know of its rows beside the columns themselves. Rows stand in tree
 * order, so a folded subtree is a range to jump over and every fold is one pass at most.
 */
export interface Outline {
  /** One-based place among the siblings. */
  readonly position: Uint32Array;
  /** Number of siblings, the row itself included. */
  readonly siblings: Uint32Array;
  /** Latest end or start in microseconds from `origin`. */
  readonly end: number;
  readonly running: boolean;
}

/** Counts siblings and finds the end of the time axis in one pass. */
export function outlineOf(columns: TraceColumns): Outline {
  const { count, parent } = columns;
  const position = new Uint32Array(count);
  const siblings = new Uint32Array(count);
  const children = new Uint32Array(count + 1);
  let end = 0;
  for (let row = 0; row < count; row++) {
    const above = (parent[row] ?? -1) + 1;
    const place = (children[above] ?? 0) + 1;
    children[above] = place;
    position[row] = place;
    end = Math.max(end, (columns.start[row] ?? 0) + Math.max(0, columns.duration[row] ?? 0));
  }
  for (let row = 0; row < count; row++) siblings[row] = children[(parent[row] ?? -1) + 1] ?? 1;
  return { position, siblings, end, running: columns.status.includes(0) };
}

/** The rows that show, top to bottom; `folded` holds 1 where a subtree is hidden. */
export function visibleRows(columns: TraceColumns, folded: Uint8Array): Uint32Array {
  const rows = new Uint32Array(columns.count);
  let shown = 0;
  for (let row = 0; row < columns.count;) {
    rows[shown++] = row;
    row += folded[row] === 1 ? Math.max(1, columns.subtree[row] ?? 1) : 1;
  }
  return rows.subarray(0, shown);
}

/** Where a row shows, or, when it is folded away, where its nearest shown ancestor does. */
export function placeOf(visible: Uint32Array, row: number): number {
  let low = 0;
  let high = visible.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((visible[middle] ?? 0) <= row) low = middle;
    else high = middle - 1;
  }
  return low;
}

export function hasChildren(columns: TraceColumns, row: number): boolean {
  return (columns.subtree[row] ?? 1) > 1;
}

/** Opens every fold above a row; true when one was closed. */
export function reveal(columns: TraceColumns, folded: Uint8Array, row: number): boolean {
  let changed = false;
  for (let above = columns.parent[row] ?? -1; above >= 0; above = columns.parent[above] ?? -1) {
    if (folded[above] === 1) changed = true;
    folded[above] = 0;
  }
  return changed;
}

/** The row of a span, or -1; `guess` is looked at first, for a search takes milliseconds in a million rows. */
export function rowOf(columns: TraceColumns, spanId: string, guess = -1): number {
  if (spanId.length !== 16) return -1;
  if (guess >= 0 && columns.spanIds.startsWith(spanId, guess * 16)) return guess;
  let at = columns.spanIds.indexOf(spanId);
  while (at >= 0 && at % 16 !== 0) at = columns.spanIds.indexOf(spanId, at + 1);
  return at < 0 ? -1 : at / 16;
}

/** The folds as span ids, which outlive a new set of rows. */
export function foldedIds(columns: TraceColumns, folded: Uint8Array): string[] {
  const ids: string[] = [];
  for (let row = folded.indexOf(1); row >= 0; row = folded.indexOf(1, row + 1)) {
    ids.push(columns.spanIds.slice(row * 16, row * 16 + 16));
  }
  return ids;
}

/** The folds of an earlier set of rows, carried over to this one. */
export function foldedRows(columns: TraceColumns, ids: Iterable<string>): Uint8Array {
  const folded = new Uint8Array(columns.count);
  const wanted = new Set(ids);
  if (wanted.size === 0) return folded;
  for (let row = 0; row < columns.count; row++) {
    if (wanted.has(columns.spanIds.slice(row * 16, row * 16 + 16))) folded[row] = 1;
  }
  return folded;
}
