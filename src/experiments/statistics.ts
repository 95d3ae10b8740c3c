import { logGamma, studentT95 } from './studentT';

/** What results of models that vary do and do not prove. Intervals hold with 95 %. */

export type Interval = readonly [low: number, high: number];

const z95 = 1.959963984540054;

/** Passes among repeats. */
export interface Tally {
  readonly passed: number;
  readonly repeats: number;
}

/**
 * The probability, if both had the same true rate, of tallies at least as far apart: Fisher's
 * exact test, two-sided by adding up every table that is no likelier than the seen one.
 */
export function fisherExact(a: Tally, b: Tally): number {
  const passed = a.passed + b.passed;
  const all = a.repeats + b.repeats;
  const logChance = (inA: number) =>
    logChoose(a.repeats, inA) + logChoose(b.repeats, passed - inA) - logChoose(all, passed);
  const seen = logChance(a.passed);
  let sum = 0;
  for (let inA = Math.max(0, passed - b.repeats); inA <= Math.min(passed, a.repeats); inA++) {
    const chance = logChance(inA);
    // Equal chances are computed with different roundings.
    if (chance <= seen + 1e-7) sum += Math.exp(chance);
  }
  return Math.min(1, sum);
}

function logChoose(n: number, k: number): number {
  return logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
}

/** Wilson's score interval of a rate; `repeats` may be an effective, fractional number. */
export function wilson({ passed, repeats }: Tally, z = z95): Interval {
  if (repeats <= 0) return [0, 1];
  const rate = passed / repeats;
  const scale = 1 + (z * z) / repeats;
  const centre = rate + (z * z) / (2 * repeats);
  const spread = z * Math.sqrt((rate * (1 - rate)) / repeats + (z * z) / (4 * repeats * repeats));
  return [Math.max(0, (centre - spread) / scale), Math.min(1, (centre + spread) / scale)];
}

export interface PassRate {
  /** The mean over cases of each case's rate. */
  readonly rate: number;
  readonly interval: Interval;
}

/**
 * The pass rate of a run. Repeats of a case resemble each other, so the interval counts cases, not
 * repeats: Wilson's, with the number of independent results that would have the variance seen
 * between cases, and t in the place of z for the few cases it was estimated from. With one repeat
 * a case that is Wilson's interval itself.
 */
export function passRateOf(cases: readonly Tally[]): PassRate {
  const ran = cases.filter(({ repeats }) => repeats > 0);
  if (ran.length === 0) return { rate: 0, interval: [0, 1] };
  const rates = ran.map(({ passed, repeats }) => passed / repeats);
  const rate = mean(rates);
  const [only] = ran;
  // What differs between cases cannot be seen in one: the interval then speaks of that case.
  if (only && ran.length === 1) return { rate, interval: wilson(only) };
  const simple = wilson({ passed: rate * ran.length, repeats: ran.length });
  if (ran.every(({ repeats }) => repeats === 1)) return { rate, interval: simple };
  const variance = varianceOf(rates) / ran.length;
  if (variance === 0 || rate === 0 || rate === 1) return { rate, interval: simple };
  const shrink = z95 / studentT95(ran.length - 1);
  const effective = ((rate * (1 - rate)) / variance) * shrink * shrink;
  return { rate, interval: wilson({ passed: rate * effective, repeats: effective }) };
}

export interface Difference {
  readonly mean: number;
  readonly interval: Interval;
  readonly pairs: number;
}

/** The mean of after − before over pairs, with Student's interval; undefined below two pairs. */
export function pairedDifference(
  pairs: readonly { readonly before: number; readonly after: number }[],
): Difference | undefined {
  if (pairs.length < 2) return undefined;
  const differences = pairs.map(({ before, after }) => after - before);
  const middle = mean(differences);
  const error = Math.sqrt(varianceOf(differences) / pairs.length);
  const spread = studentT95(pairs.length - 1) * error;
  return { mean: middle, interval: [middle - spread, middle + spread], pairs: pairs.length };
}

/** Below this a difference counts as real. */
export const significance = 0.05;
const mostRepeats = 1000;

/**
 * How many repeats more would decide that a rate differs from a baseline's, should they go on as
 * they went: 0 when decided, undefined where the rates are equal or 1,000 would not do.
 */
export function repeatsNeeded(baseline: Tally, now: Tally): number | undefined {
  if (baseline.passed * now.repeats === now.passed * baseline.repeats) return undefined;
  const rate = now.passed / now.repeats;
  for (let more = 0; more <= mostRepeats; more++) {
    const passed = more === 0 ? now.passed : Math.round(rate * (now.repeats + more));
    const later = { passed, repeats: now.repeats + more };
    if (fisherExact(baseline, later) < significance) return more;
  }
  return undefined;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The variance of the population the values were drawn from. */
function varianceOf(values: readonly number[]): number {
  const middle = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  return squares / (values.length - 1);
}

/** The smallest value that at least this share of the values does not exceed (nearest rank). */
export function percentile(values: readonly number[], share: number): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}
