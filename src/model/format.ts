import type { Cost, Usage } from './observation';

/** How quantities are written, the same on a terminal, in a tree and on a page. */

/** Microseconds as people read them: `840 µs`, `12 ms`, `1.24 s`, `3 m 05 s`, `2 h 11 m`. */
export function formatDuration(microseconds: number): string {
  if (microseconds < 1000) return `${Math.round(microseconds)} µs`;
  const ms = microseconds / 1000;
  if (ms < 9.95) return `${trimmed(ms, 1)} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 59.995) return `${seconds.toFixed(seconds < 9.995 ? 2 : 1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} m ${twoDigits(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${twoDigits(Math.floor((whole % 3600) / 60))} m`;
}

/** Dollars with as many digits as it takes to see something: `$0.00042`, `$0.013`, `$1.24`. */
export function formatCost(dollars: number): string {
  if (dollars === 0) return '$0';
  if (dollars >= 1) return `$${dollars.toFixed(2)}`;
  if (dollars < 0.000001) return '<$0.000001';
  const digits = Math.min(8, 1 - Math.floor(Math.log10(dollars)));
  return `$${trimmed(dollars, digits)}`;
}

/** Counts up to five digits in full, then `12.3k` and `1.2M`. */
export function formatCount(count: number): string {
  if (count < 10_000) return String(Math.round(count));
  if (count < 999_950) return `${trimmed(count / 1000, 1)}k`;
  return `${trimmed(count / 1_000_000, 1)}M`;
}

export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 999_500) return `${trimmed(bytes / 1000, 1)} KB`;
  return `${trimmed(bytes / 1_000_000, 1)} MB`;
}

/** All tokens of a call or trace; undefined when none were reported. */
export function totalTokens(usage: Usage | undefined): number | undefined {
  if (!usage) return undefined;
  if (usage.total !== undefined) return usage.total;
  if (usage.input === undefined && usage.output === undefined) return undefined;
  return (usage.input ?? 0) + (usage.output ?? 0);
}

/** `1,204 in (512 cached) · 88 out (24 reasoning)`. */
export function describeUsage(usage: Usage): string {
  const part = (count: number | undefined, unit: string, detail: string | undefined) =>
    count === undefined ? [] : `${count.toLocaleString('en')} ${unit}${detail ?? ''}`;
  const cached = usage.cacheRead ? ` (${usage.cacheRead.toLocaleString('en')} cached)` : undefined;
  const reasoning = usage.reasoning
    ? ` (${usage.reasoning.toLocaleString('en')} reasoning)`
    : undefined;
  return [part(usage.input, 'in', cached), part(usage.output, 'out', reasoning)].flat().join(' · ');
}

/** A trace's cost; `≥` where some of its calls have no known price, undefined where none has. */
export function describeCost(cost: Cost | undefined, unpricedCalls: number): string | undefined {
  if (cost?.total === undefined) return undefined;
  return `${unpricedCalls > 0 ? '≥ ' : ''}${formatCost(cost.total)}`;
}

function trimmed(value: number, digits: number): string {
  const text = value.toFixed(digits);
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
