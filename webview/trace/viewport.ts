import { placeOf } from './outline';
import type { PlacedRow } from './rowPool';
import { lastOffset, toScrollTop, type ScrollMap } from './scrollMap';

/** Which rows the tree draws, and where a new set of rows must scroll to so that nothing jumps. */

/** Rows drawn above and below what shows, so that a fast scroll finds them there. */
const overscan = 8;

export interface Viewport {
  readonly visible: Uint32Array;
  readonly rowHeight: number;
  readonly map: ScrollMap;
  /** Row pixels above the viewport. */
  readonly offset: number;
  /** The row that holds the focus stays in the page wherever it lies; -1 for none. */
  readonly kept: number;
}

/** The rows to draw, each with its place in the scrolled element. */
export function placedRows(view: Viewport): readonly PlacedRow[] {
  const { visible, rowHeight, map, offset, kept } = view;
  const shift = toScrollTop(map, offset) - offset;
  const first = Math.max(0, Math.floor(offset / rowHeight) - overscan);
  const last = Math.min(visible.length, Math.ceil((offset + map.viewport) / rowHeight) + overscan);
  const rows: PlacedRow[] = [];
  const place = (at: number) => {
    const row = visible[at];
    if (row !== undefined) rows.push({ row, at, top: at * rowHeight + shift });
  };
  for (let at = first; at < last; at++) place(at);
  const keptAt = kept < 0 ? -1 : placeOf(visible, kept);
  if (visible[keptAt] === kept && (keptAt < first || keptAt >= last)) {
    const top = Math.min(Math.max(0, keptAt * rowHeight + shift), map.physical - rowHeight);
    rows.push({ row: kept, at: keptAt, top });
  }
  return rows;
}

/** A row and how far below the top of the viewport it stands. */
export interface Anchor {
  readonly spanId: string;
  readonly below: number;
}

/** The offset at which a row stands where it stood before its number changed. */
export function offsetOfAnchor(map: ScrollMap, top: number, anchor: Anchor): number {
  return Math.min(Math.max(0, top - anchor.below), lastOffset(map));
}
