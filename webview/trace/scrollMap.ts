/**
 * Browsers cannot lay out an element of more than some ten million pixels, so beyond a limit the
 * scroll bar and the rows part: the bar moves over `physical` pixels, the rows over `full`, and
 * the two are mapped onto each other. Below the limit they are the same.
 */

/** Height of the scrolled element in pixels, at most; safe at a device scale factor of 3. */
export const heightLimit = 8_000_000;

export interface ScrollMap {
  /** Pixels all rows need. */
  readonly full: number;
  /** Pixels the scrolled element has. */
  readonly physical: number;
  readonly viewport: number;
}

export function scrollMapOf(rows: number, rowHeight: number, viewport: number): ScrollMap {
  const full = rows * rowHeight;
  return { full, physical: Math.min(full, heightLimit), viewport };
}

/** Row pixels above the viewport for a position of the scroll bar. */
export function toOffset(map: ScrollMap, scrollTop: number): number {
  if (map.full === map.physical) return clamp(scrollTop, 0, lastOffset(map));
  const range = map.physical - map.viewport;
  return range <= 0 ? 0 : clamp(scrollTop / range, 0, 1) * lastOffset(map);
}

/** The position of the scroll bar for row pixels above the viewport. */
export function toScrollTop(map: ScrollMap, offset: number): number {
  const last = lastOffset(map);
  if (map.full === map.physical || last === 0) return clamp(offset, 0, last);
  return (clamp(offset, 0, last) / last) * (map.physical - map.viewport);
}

/** Row pixels above the viewport when the last row stands at its bottom. */
export function lastOffset(map: ScrollMap): number {
  return Math.max(0, map.full - map.viewport);
}

/** The nearest offset at which a row lies wholly in the viewport. */
export function offsetShowing(map: ScrollMap, row: RowSpan, offset: number): number {
  if (row.top < offset) return row.top;
  if (row.top + row.height > offset + map.viewport) return row.top + row.height - map.viewport;
  return offset;
}

export interface RowSpan {
  readonly top: number;
  readonly height: number;
}

export function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), Math.max(least, most));
}
