import type { CriticalPath } from '../../src/model/criticalPath';
import { lengthOf, type TimeRange } from './timeRange';

/** Segments closer together than this share of the axis are drawn as one. */
const finest = 1 / 400;

/**
 * The part of a row on the critical path as a CSS background over the width of the axis, or
 * undefined where there is none in the range.
 */
export function pathStripes(path: CriticalPath, row: number, range: TimeRange): string | undefined {
  const length = lengthOf(range);
  if (length <= 0) return undefined;
  const stripes: { left: number; right: number }[] = [];
  for (let at = path.first[row] ?? 0; at < (path.first[row + 1] ?? 0); at++) {
    const left = Math.max(0, ((path.from[at] ?? 0) - range.from) / length);
    const right = Math.min(1, ((path.to[at] ?? 0) - range.from) / length);
    if (right < 0 || left > 1) continue;
    const last = stripes.at(-1);
    if (last && left - last.right < finest) last.right = Math.max(last.right, right);
    else stripes.push({ left, right: Math.max(right, left + finest) });
  }
  if (stripes.length === 0) return undefined;
  const stops = stripes.flatMap(({ left, right }) => [
    `transparent ${percent(left)}`,
    `var(--path) ${percent(left)} ${percent(right)}`,
    `transparent ${percent(right)}`,
  ]);
  return `linear-gradient(to right, ${stops.join(', ')})`;
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(3))}%`;
}
