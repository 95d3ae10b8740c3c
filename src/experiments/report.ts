import type { Json } from '../model/value';
import { checkGate, type GateResult } from './gate';
import type { Gate } from './experiment';
import { passRateOf, type Interval } from './statistics';
import { tallyOf, type CaseResult } from './verdict';

/** A finished run, as `glassbox eval --json` prints it and every other form is made from. */
export interface Report {
  readonly experiment: string;
  readonly runId: string;
  readonly passRate: number;
  readonly interval: Interval;
  /** US dollars, judges not counted; undefined where a call has no known price. */
  readonly cost: number | undefined;
  readonly gate: GateResult;
  readonly cases: readonly CaseResult[];
}

export interface ReportFacts {
  readonly experiment: string;
  readonly runId: string;
  readonly gate: Gate | undefined;
  /** Why the run is not whole, if it was stopped. */
  readonly stopped?: string;
}

/** Sums a run up; one that was stopped passes no gate. */
export function reportOf(facts: ReportFacts, cases: readonly CaseResult[]): Report {
  const { experiment, runId, stopped } = facts;
  const passRate = passRateOf(cases.map(({ repeats }) => tallyOf(repeats)));
  const costs = cases.flatMap(({ repeats }) => repeats.map((repeat) => repeat.cost));
  const cost = costs.includes(undefined)
    ? undefined
    : costs.reduce<number>((sum, one) => sum + (one ?? 0), 0);
  const checked = checkGate(facts.gate, { passRate, cases, cost });
  const gate =
    stopped === undefined ? checked : { passed: false, reasons: [stopped, ...checked.reasons] };
  return {
    ...{ experiment, runId, passRate: passRate.rate, interval: passRate.interval },
    ...{ cost, gate, cases },
  };
}

/** The exact shape of the command line's JSON; what is not known is null. */
export function reportJson({ cases, cost, ...rest }: Report): Json {
  const { experiment, runId, passRate, interval, gate } = rest;
  return {
    ...{ experiment, runId, passRate, interval: [...interval], cost: cost ?? null },
    gate: { passed: gate.passed, reasons: [...gate.reasons] },
    cases: cases.map((one) => ({
      ...{ id: one.id, status: one.status, passRate: one.passRate, change: one.change },
      ...{ decided: one.decided, repeatsNeeded: one.repeatsNeeded ?? null },
      repeats: one.repeats.map((repeat) => ({
        ...{ traceId: repeat.traceId ?? null, output: repeat.output ?? null },
        ...{ error: repeat.error ?? null, durationMs: Math.round(repeat.durationMs) },
        ...{ cost: repeat.cost ?? null },
        scores: repeat.scores.map(({ evaluator, score, passed, reason }) => ({
          ...{ evaluator, score, passed, reason },
        })),
      })),
    })),
  };
}

/** The first reason why a repeat did not pass. */
export function whyNot({ repeats }: CaseResult): string {
  const repeat = repeats.find(({ passed }) => !passed);
  const score = repeat?.scores.find(({ passed }) => !passed);
  if (repeat?.error !== undefined) return repeat.error;
  return score ? `${score.evaluator}: ${score.reason}` : '';
}
