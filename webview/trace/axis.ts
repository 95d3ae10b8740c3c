import { lengthOf, type TimeRange } from './timeRange';

/** The time axis over the bars: a range of microseconds after the trace began. */

export interface Tick {
  /** 0 at the left edge, 1 at the right. */
  readonly at: number;
  /** Microseconds from the origin. */
  readonly time: number;
}

/** Round times at least `gap` pixels apart, the first at or after the start of the range. */
export function axisTicks(range: TimeRange, width: number, gap = 56): readonly Tick[] {
  const length = lengthOf(range);
  if (length <= 0 || width < gap) return [{ at: 0, time: range.from }];
  const step = roundStep(length / Math.floor(width / gap));
  const ticks: Tick[] = [];
  const first = Math.ceil(range.from / step) * step;
  for (let time = first; time <= range.to; time += step) {
    ticks.push({ at: (time - range.from) / length, time });
  }
  return ticks;
}

const minute = 60_000_000;
const calendarSteps = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440].map((m) => m * minute);

/** The next larger 1, 2 or 5 times a power of ten; beyond half a minute, what clocks show. */
function roundStep(least: number): number {
  if (least > minute / 2) {
    return (
      calendarSteps.find((step) => step >= least) ??
      Math.ceil(least / (1440 * minute)) * 1440 * minute
    );
  }
  if (least > 20_000_000) return minute / 2;
  const power = 10 ** Math.floor(Math.log10(Math.max(1, least)));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= least) ?? 10;
  return factor * power;
}

export interface Bar {
  /** Fractions of the width of the axis. */
  readonly left: number;
  readonly width: number;
  /** False when it lies wholly before or after the range. */
  readonly shown: boolean;
}

/** Where a bar lies; `duration` is -1 for one that reaches to the end of the axis. */
export function barOf(start: number, duration: number, range: TimeRange): Bar {
  const length = lengthOf(range);
  if (length <= 0) return { left: 0, width: 1, shown: true };
  const place = (time: number) => Math.min(1, Math.max(0, (time - range.from) / length));
  const left = place(start);
  const right = duration < 0 ? 1 : Math.max(left, place(start + duration));
  const before = duration >= 0 && start + duration < range.from;
  return { left, width: right - left, shown: !before && start <= range.to };
}
