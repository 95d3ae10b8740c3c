import type { TraceColumns } from '../../src/model/columns';
import { placeOf } from './outline';

/** Ancestors of what shows that are scrolled away, and stay at the top of the tree as in VS Code's. */

/** At most so many rows, and never more than a third of what shows. */
const mostSticky = 7;

export interface StickyRow {
  readonly row: number;
  /** Pixels below the top of the viewport; the last is pushed out by what comes after its subtree. */
  readonly top: number;
}

export interface StickyView {
  readonly columns: TraceColumns;
  readonly visible: Uint32Array;
  readonly rowHeight: number;
  /** Row pixels above the viewport. */
  readonly offset: number;
  readonly viewport: number;
}

export function stickyLimit(viewport: number, rowHeight: number): number {
  return Math.min(mostSticky, Math.floor(viewport / rowHeight / 3));
}

/** The rows to keep at the top, outermost first. */
export function stickyRows(view: StickyView): readonly StickyRow[] {
  const { columns, visible, rowHeight, offset, viewport } = view;
  const limit = stickyLimit(viewport, rowHeight);
  const rows: StickyRow[] = [];
  for (let level = 0; level < limit; level++) {
    const y = offset + level * rowHeight;
    const at = Math.floor(y / rowHeight);
    const under = visible[at];
    const row = under === undefined ? -1 : ancestorAt(columns, under, level);
    if (row < 0) break;
    if (row === under && (at * rowHeight === y || !hasShownChildren(view, at))) break;
    const bottom = bottomOf(view, row) - offset;
    rows.push({ row, top: Math.min(level * rowHeight, bottom - rowHeight) });
  }
  return rows;
}

/** The ancestor of a row, or the row itself, at a depth; -1 when it lies higher. */
function ancestorAt({ depth, parent }: TraceColumns, row: number, level: number): number {
  let above = row;
  while (above >= 0 && (depth[above] ?? 0) > level) above = parent[above] ?? -1;
  return above >= 0 && depth[above] === level ? above : -1;
}

function hasShownChildren({ columns, visible }: StickyView, at: number): boolean {
  return columns.parent[visible[at + 1] ?? -1] === visible[at];
}

/** Row pixels down to the end of the last shown row of a subtree. */
function bottomOf({ columns, visible, rowHeight }: StickyView, row: number): number {
  const last = row + Math.max(1, columns.subtree[row] ?? 1) - 1;
  return (placeOf(visible, last) + 1) * rowHeight;
}
