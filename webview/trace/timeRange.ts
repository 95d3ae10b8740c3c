/** The part of the time axis that shows, in microseconds from the origin of the trace. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/** No closer than this can one look: 10 µs. */
const shortest = 10;

export function lengthOf({ from, to }: TimeRange): number {
  return to - from;
}

/** The range inside the whole, or undefined where it is the whole. */
export function within(range: TimeRange, whole: TimeRange): TimeRange | undefined {
  const length = Math.max(lengthOf(range), Math.min(shortest, lengthOf(whole)));
  if (length >= lengthOf(whole)) return undefined;
  const from = Math.min(Math.max(range.from, whole.from), whole.to - length);
  return { from, to: from + length };
}

/** Moved by a share of its own length. */
export function pan({ from, to }: TimeRange, share: number): TimeRange {
  const by = (to - from) * share;
  return { from: from + by, to: to + by };
}

/** Made longer or shorter around a moment, which stays where it is. */
export function zoom({ from, to }: TimeRange, factor: number, around = (from + to) / 2): TimeRange {
  return { from: around - (around - from) * factor, to: around + (to - around) * factor };
}

/** The range after a key on the minimap; undefined when the key means nothing there. */
export function keyedRange(
  key: string,
  range: TimeRange,
  whole: TimeRange,
): { readonly range: TimeRange | undefined } | undefined {
  const moved = (next: TimeRange) => ({ range: within(next, whole) });
  switch (key) {
    case 'ArrowLeft':
      return moved(pan(range, -0.1));
    case 'ArrowRight':
      return moved(pan(range, 0.1));
    case 'PageUp':
      return moved(pan(range, -1));
    case 'PageDown':
      return moved(pan(range, 1));
    case 'Home':
      return moved({ from: whole.from, to: whole.from + lengthOf(range) });
    case 'End':
      return moved({ from: whole.to - lengthOf(range), to: whole.to });
    case 'ArrowUp':
    case '+':
    case '=':
      return moved(zoom(range, 1 / 1.5));
    case 'ArrowDown':
    case '-':
      return moved(zoom(range, 1.5));
    case '0':
      return { range: undefined };
    default:
      return undefined;
  }
}
