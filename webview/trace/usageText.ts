import type { Cost, Usage } from '../../src/model/observation';
import { formatCost, formatCount, formatExact, plural } from '../../src/model/format';

/** Tokens and money in words; what is not known is said to be so, never shown as nothing. */

/** `1.2k in · 340 out`. */
export function usageText(usage: Usage): string {
  const { input, output, total } = usage;
  if (input === undefined && output === undefined) {
    return total === undefined ? '' : `${formatCount(total)} tokens`;
  }
  return [
    ...(input === undefined ? [] : [`${formatCount(input)} in`]),
    ...(output === undefined ? [] : [`${formatCount(output)} out`]),
  ].join(' · ');
}

/** One line for each figure that was reported. */
export function usageTitle(usage: Usage): string {
  const { input, output, cacheRead, cacheWrite, reasoning, total } = usage;
  const line = (name: string, value: number | undefined, whole?: number) => {
    if (value === undefined) return [];
    const share = whole ? ` (${Math.round((100 * value) / whole)} %)` : '';
    return [`${name}: ${formatExact(value)}${share}`];
  };
  return [
    ...line('Input tokens', input),
    ...line('  read from cache', cacheRead, input),
    ...line('  written to cache', cacheWrite, input),
    ...line('Output tokens', output),
    ...line('  reasoning', reasoning, output),
    ...line('Total', total ?? (input ?? 0) + (output ?? 0)),
  ].join('\n');
}

interface Priced {
  readonly cost?: Cost;
  readonly unpricedCalls: number;
}

export function costText({ cost, unpricedCalls }: Priced): string {
  if (cost?.total === undefined) return 'cost unknown';
  return `${unpricedCalls > 0 ? '≥ ' : ''}${formatCost(cost.total)}`;
}

export function costTitle({ cost, unpricedCalls }: Priced): string {
  const dollars = (name: string, value: number | undefined) =>
    value === undefined ? [] : [`${name}: $${value.toFixed(6)}`];
  const unpriced =
    unpricedCalls > 0 ? [`${plural(unpricedCalls, 'call')} without a known price`] : [];
  return [
    ...dollars('Cost', cost?.total),
    ...dollars('  input', cost?.input),
    ...dollars('  output', cost?.output),
    ...unpriced,
  ].join('\n');
}
