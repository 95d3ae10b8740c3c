import { formatCost, formatDuration } from '../model/format';
import type { Gate } from './experiment';
import { percentile, type PassRate } from './statistics';
import type { CaseResult } from './verdict';

export interface GateResult {
  readonly passed: boolean;
  /** Why not, a sentence each. */
  readonly reasons: readonly string[];
}

export interface Gated {
  readonly passRate: PassRate;
  readonly cases: readonly CaseResult[];
  /** US dollars of the run; undefined where not known. */
  readonly cost: number | undefined;
}

/** Checks a run against its gate; without one it passes. */
export function checkGate(gate: Gate | undefined, run: Gated): GateResult {
  const reasons = gate === undefined ? [] : reasonsAgainst(gate, run);
  return { passed: reasons.length === 0, reasons };
}

function reasonsAgainst(gate: Gate, { passRate, cases, cost }: Gated): readonly string[] {
  const reasons: string[] = [];
  const [low] = passRate.interval;
  if (gate.passRate !== undefined && below(passRate.rate, gate.passRate)) {
    reasons.push(`The pass rate is ${percent(passRate.rate)}, below ${percent(gate.passRate)}.`);
  }
  if (gate.passRateLower !== undefined && below(low, gate.passRateLower)) {
    const bound = `The lower bound of the pass rate is ${percent(low)}`;
    reasons.push(`${bound}, below ${percent(gate.passRateLower)}.`);
  }
  const broken = cases.filter(
    ({ change, decided }) => change === 'broken' && (decided || gate.noBroken === 'strict'),
  );
  if (gate.noBroken && broken.length > 0) {
    reasons.push(`Broken against the baseline: ${broken.map(({ id }) => id).join(', ')}.`);
  }
  if (gate.maxCost !== undefined && cost === undefined) {
    reasons.push('The cost is not known: a call has no known price.');
  } else if (gate.maxCost !== undefined && (cost ?? 0) > gate.maxCost) {
    reasons.push(`The run cost ${formatCost(cost ?? 0)}, more than ${formatCost(gate.maxCost)}.`);
  }
  const slow = percentile(
    cases.flatMap(({ repeats }) => repeats.map(({ durationMs }) => durationMs)),
    0.95,
  );
  if (gate.maxLatencyMs !== undefined && slow !== undefined && slow > gate.maxLatencyMs) {
    const most = formatDuration(gate.maxLatencyMs * 1000);
    reasons.push(`The 95th percentile is ${formatDuration(slow * 1000)}, more than ${most}.`);
  }
  return reasons;
}

/** A mean of thirds must not miss a whole by its rounding. */
function below(value: number, least: number): boolean {
  return value < least - 1e-9;
}

/** `92 %`, `66.7 %`: digits only where they tell something; never 100 for less than all. */
export function percent(share: number): string {
  const text = (Math.floor(share * 1000 + 1e-6) / 10).toFixed(1).replace(/\.0$/, '');
  return `${text} %`;
}
