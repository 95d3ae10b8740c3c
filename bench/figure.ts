/** One measured number, and what it should be. */
export interface Figure {
  /** Stable, for programs. */
  readonly id: string;
  readonly name: string;
  readonly value: number;
  readonly unit: Unit;
  readonly goal?: { readonly atMost: number } | { readonly atLeast: number };
  /** What the number is made of. */
  readonly detail?: string;
}

/** `×` is a ratio to something measured in the same run; `B/B` bytes on disk per byte received. */
export type Unit = '×' | 'B/B' | 'ms' | 'spans/s' | 'µs/span';

/** Undefined where there is no goal. */
export function isMet({ value, goal }: Figure): boolean | undefined {
  if (!goal) return undefined;
  return 'atMost' in goal ? value <= goal.atMost : value >= goal.atLeast;
}

export function valueOf({ value, unit }: Pick<Figure, 'value' | 'unit'>): string {
  return unit === '×' ? `${formatNumber(value)}×` : `${formatNumber(value)} ${unit}`;
}

export function goalOf({ goal, unit }: Figure): string {
  if (!goal) return '';
  const [sign, value] = 'atMost' in goal ? ['≤', goal.atMost] : ['≥', goal.atLeast];
  return `${sign} ${valueOf({ value, unit })}`;
}

/** Three digits that count. */
export function formatNumber(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(3)));
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value below which this share of all lies; 0 of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
