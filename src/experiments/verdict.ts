import type { BaselineCase } from './baseline';
import type { RepeatResult } from './outcome';
import { fisherExact, repeatsNeeded, significance, type Tally } from './statistics';

export type CaseStatus = 'passed' | 'failed' | 'flaky' | 'error';
export type CaseChange = 'fixed' | 'broken' | 'flaky' | 'same' | 'new' | 'removed';

/** A case with all its repeats, against the baseline. */
export interface CaseResult {
  readonly id: string;
  /** Of what is asked and wanted (`hashCase`). */
  readonly hash: string;
  readonly status: CaseStatus;
  readonly passRate: number;
  readonly change: CaseChange;
  /** Whether the change is more than chance explains. */
  readonly decided: boolean;
  /** How many repeats more would decide; undefined where nothing differs or none would. */
  readonly repeatsNeeded?: number;
  readonly repeats: readonly RepeatResult[];
}

export interface RanCase {
  readonly id: string;
  readonly hash: string;
  readonly repeats: readonly RepeatResult[];
}

/** `passed` all, `failed` none, `flaky` some, `error` no output in any repeat. */
export function caseStatus(repeats: readonly RepeatResult[]): CaseStatus {
  if (repeats.every(({ output }) => output === undefined)) return 'error';
  const { passed } = tallyOf(repeats);
  if (passed === repeats.length) return 'passed';
  return passed === 0 ? 'failed' : 'flaky';
}

export function tallyOf(repeats: readonly RepeatResult[]): Tally {
  return { passed: repeats.filter(({ passed }) => passed).length, repeats: repeats.length };
}

/**
 * Compares the cases of a run with a baseline, by id and content: a case whose content differs is
 * `new`. Cases that only the baseline has come last, as `removed`.
 */
export function judgeCases(
  ran: readonly RanCase[],
  baseline: readonly BaselineCase[],
): readonly CaseResult[] {
  const before = new Map(baseline.map((one) => [one.id, one]));
  const present = new Set(ran.map(({ id }) => id));
  const judged = ran.map((one): CaseResult => {
    const known = before.get(one.id);
    const tally = tallyOf(one.repeats);
    const status = caseStatus(one.repeats);
    const passRate = tally.repeats === 0 ? 0 : tally.passed / tally.repeats;
    const base = { id: one.id, hash: one.hash, status, passRate, repeats: one.repeats };
    if (known?.hash !== one.hash || tally.repeats === 0 || known.repeats === 0) {
      return { ...base, change: 'new', decided: false };
    }
    const decided = fisherExact(known, tally) < significance;
    const change = changeOf(known, tally, decided);
    return { ...base, change, decided, repeatsNeeded: repeatsNeeded(known, tally) };
  });
  const removed = baseline.filter(({ id }) => !present.has(id)).map(removedCase);
  return [...judged, ...removed];
}

/** The word for the difference that was seen, whether or not it is decided. */
function changeOf(before: Tally, now: Tally, decided: boolean): CaseChange {
  const difference = now.passed / now.repeats - before.passed / before.repeats;
  const varies = now.passed > 0 && now.passed < now.repeats;
  if (varies && !decided) return 'flaky';
  if (difference > 0) return 'fixed';
  return difference < 0 ? 'broken' : 'same';
}

function removedCase({ id, hash, passed, repeats }: BaselineCase): CaseResult {
  const status = passed === repeats ? 'passed' : passed === 0 ? 'failed' : 'flaky';
  const passRate = repeats === 0 ? 0 : passed / repeats;
  return { ...{ id, hash, status, passRate, repeats: [] }, change: 'removed', decided: false };
}
