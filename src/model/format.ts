import type { Cost, Usage } from './observation';

/**
 * How quantities are written, the same on a terminal, in a tree and on a page: three digits that
 * matter, and a unit.
 */

/** A duration given in microseconds. */
export function formatDuration(microseconds: number): string {
  if (microseconds <= 0) return '0 ms';
  if (microseconds < 1000) return `${threeDigits(microseconds)} µs`;
  const milliseconds = microseconds / 1000;
  if (milliseconds < 999.5) return `${threeDigits(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 59.95) return `${threeDigits(seconds)} s`;
  const minutes = Math.floor(Math.round(seconds) / 60);
  if (minutes < 60) return `${minutes}m ${padded(Math.round(seconds) % 60)}s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours}h ${padded(minutes % 60)}m`;
  return `${Math.floor(hours / 24)}d ${padded(hours % 24)}h`;
}

/** A number of tokens or rows, short: `950`, `1,480`, `12.3k`, `1.2M`. */
export function formatCount(count: number): string {
  if (count < 10_000) return formatExact(count);
  if (count < 999_500) return `${threeDigits(count / 1000)}k`;
  if (count < 999_500_000) return `${threeDigits(count / 1e6)}M`;
  return `${threeDigits(count / 1e9)}B`;
}

/** A number with its thousands apart, for tooltips and headings. */
export function formatExact(count: number): string {
  return count.toLocaleString('en-US');
}

/** US dollars; small amounts keep two digits that matter. */
export function formatCost(dollars: number): string {
  if (dollars === 0) return '$0';
  if (dollars < 0.000_05) return '<$0.0001';
  if (dollars < 0.1) return `$${dollars.toFixed(4)}`;
  if (dollars < 100) return `$${dollars.toFixed(2)}`;
  return `$${formatExact(Math.round(dollars))}`;
}

/** A size in bytes or characters. */
export function formatSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${threeDigits(bytes / 1024)} KB`;
  return `${threeDigits(bytes / 1024 / 1024)} MB`;
}

/** A moment given in microseconds since 1970, in the reader's time zone. */
export function formatTime(microseconds: number): string {
  const date = new Date(microseconds / 1000);
  if (Number.isNaN(date.getTime())) return 'unknown time';
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()].map(padded).join('-');
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(padded).join(':');
  return `${day} ${time}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

/** `1 row`, `2 rows`. */
export function plural(count: number, noun: string): string {
  return `${formatExact(count)} ${noun}${count === 1 ? '' : 's'}`;
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
    count === undefined ? [] : `${formatExact(count)} ${unit}${detail ?? ''}`;
  const cached = usage.cacheRead ? ` (${formatExact(usage.cacheRead)} cached)` : undefined;
  const reasoning = usage.reasoning ? ` (${formatExact(usage.reasoning)} reasoning)` : undefined;
  return [part(usage.input, 'in', cached), part(usage.output, 'out', reasoning)].flat().join(' · ');
}

/** A trace's cost; `≥` where some of its calls have no known price, undefined where none has. */
export function describeCost(cost: Cost | undefined, unpricedCalls: number): string | undefined {
  if (cost?.total === undefined) return undefined;
  return `${unpricedCalls > 0 ? '≥ ' : ''}${formatCost(cost.total)}`;
}

/** At most three digits that matter, without trailing zeros behind the point. */
function threeDigits(value: number): string {
  const decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  return String(Number(value.toFixed(decimals)));
}

function padded(value: number): string {
  return String(value).padStart(2, '0');
}
