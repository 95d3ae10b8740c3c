import { observationStatuses } from '../../src/model/observation';
import type { TraceColumns } from '../../src/model/columns';

/**
 * The picture of a whole trace: rows from top to bottom, time from left to right. Where many rows
 * share a line of pixels a few of them stand for all, but never is a failed one left out; so a
 * million rows cost little more than a thousand.
 */

export interface MinimapStyle {
  readonly width: number;
  readonly height: number;
  /** Colours as they lie in image data on a little-endian machine (0xAABBGGRR), by kind. */
  readonly kinds: Uint32Array;
  readonly error: number;
}

/** Rows drawn for each line of pixels, at most. */
const rowsPerLine = 48;
const errorStatus = observationStatuses.indexOf('error');

/** Image data of `width` times `height` pixels; `end` is the right edge in microseconds from the origin. */
export function minimapPixels(
  columns: TraceColumns,
  end: number,
  style: MinimapStyle,
): Uint8ClampedArray<ArrayBuffer> {
  const { width, height, kinds, error } = style;
  const pixels = new Uint32Array(width * height);
  const { count, start, duration, kind, status } = columns;
  const scale = end > 0 ? width / end : 0;
  const thickness = Math.max(1, Math.min(Math.floor(height / Math.max(1, count)), 4));
  const draw = (
    row: number,
    colour: number,
    { least, thick }: { least: number; thick: number },
  ) => {
    const from = start[row] ?? 0;
    const length = duration[row] ?? -1;
    const left = Math.min(width - least, Math.max(0, Math.floor(from * scale)));
    const right = length < 0 ? width : Math.min(width, Math.ceil((from + length) * scale));
    const top = Math.min(lineOf(row, count, height), height - thick);
    for (let y = Math.max(0, top); y < Math.min(height, top + thick); y++) {
      pixels.fill(colour, y * width + left, y * width + Math.max(left + least, right));
    }
  };
  const step = Math.max(1, Math.floor(count / (height * rowsPerLine)));
  for (let row = 0; row < count; row += step) {
    draw(row, kinds[kind[row] ?? 0] ?? 0, { least: 1, thick: thickness });
  }
  for (
    let row = status.indexOf(errorStatus);
    row >= 0;
    row = status.indexOf(errorStatus, row + 1)
  ) {
    draw(row, error, { least: 3, thick: Math.max(3, thickness) });
  }
  return new Uint8ClampedArray(pixels.buffer);
}

/** The line of pixels a row lies on. */
export function lineOf(row: number, count: number, height: number): number {
  if (count <= 0) return 0;
  // A trace of few rows keeps to the top, as its tree does.
  if (count * 4 <= height) return row * 4;
  return Math.min(height - 1, Math.floor((row * height) / count));
}

/** The row that lies on a line of pixels. */
export function rowAtLine(line: number, count: number, height: number): number {
  const row = count * 4 <= height ? Math.floor(line / 4) : Math.floor((line * count) / height);
  return Math.min(Math.max(0, row), Math.max(0, count - 1));
}
