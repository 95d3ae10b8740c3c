/** The time axis over the bars: from 0 to `end` microseconds after the trace began. */

export interface Tick {
  /** 0 at the left edge, 1 at the right. */
  readonly at: number;
  /** Microseconds from the origin. */
  readonly time: number;
}

/** Round times at least `gap` pixels apart, zero first. */
export function axisTicks(end: number, width: number, gap = 56): readonly Tick[] {
  if (end <= 0 || width < gap) return [{ at: 0, time: 0 }];
  const step = roundStep(end / Math.floor(width / gap));
  const ticks: Tick[] = [];
  for (let time = 0; time <= end; time += step) ticks.push({ at: time / end, time });
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
}

/** Where a bar lies; `duration` is -1 for one that reaches to the end of the axis. */
export function barOf(start: number, duration: number, end: number): Bar {
  if (end <= 0) return { left: 0, width: 1 };
  const left = Math.min(1, Math.max(0, start / end));
  const width = duration < 0 ? 1 - left : Math.min(1 - left, duration / end);
  return { left, width };
}
