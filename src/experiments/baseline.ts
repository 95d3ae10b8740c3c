import { isRecord } from '../model/value';
import type { RepeatResult } from './outcome';
import { mean } from './statistics';
import { tallyOf, type RanCase } from './verdict';

/** The run that later runs are compared with: small and stable, so that git shows what changed. */
export interface Baseline {
  readonly version: 1;
  readonly experiment: string;
  readonly commit?: string;
  readonly datasetHash: string;
  readonly cases: readonly BaselineCase[];
}

/** Means are over the repeats; neither outputs nor trace ids are kept. */
export interface BaselineCase {
  readonly id: string;
  /** Of what was asked and wanted. */
  readonly hash: string;
  readonly repeats: number;
  readonly passed: number;
  /** By the evaluator's name. */
  readonly scores: Readonly<Record<string, number>>;
  /** US dollars; absent where a repeat's is not known. */
  readonly cost?: number;
  readonly durationMs: number;
}

export interface BaselineFacts {
  readonly experiment: string;
  readonly commit?: string;
  readonly datasetHash: string;
}

export function baselineOf(
  { experiment, commit, datasetHash }: BaselineFacts,
  cases: readonly RanCase[],
): Baseline {
  const kept = cases.filter(({ repeats }) => repeats.length > 0).map(baselineCase);
  return { version: 1, experiment, commit, datasetHash, cases: kept };
}

function baselineCase({ id, hash, repeats }: RanCase): BaselineCase {
  const names = [...new Set(repeats.flatMap(({ scores }) => scores.map((one) => one.evaluator)))];
  const scores = Object.fromEntries(names.map((name) => [name, meanScore(repeats, name)]));
  const costs = repeats.flatMap(({ cost }) => cost ?? []);
  const cost = costs.length === repeats.length ? rounded(mean(costs)) : undefined;
  const durationMs = Math.round(mean(repeats.map((one) => one.durationMs)));
  return { id, hash, ...tallyOf(repeats), scores, cost, durationMs };
}

function meanScore(repeats: readonly RepeatResult[], name: string): number {
  const scores = repeats.flatMap((repeat) =>
    repeat.scores.filter(({ evaluator }) => evaluator === name).map(({ score }) => score),
  );
  return rounded(mean(scores));
}

/** Six significant digits: more would only make noise in a diff. */
function rounded(value: number): number {
  return Number(value.toPrecision(6));
}

/** A case a line. */
export function formatBaseline({ cases, ...rest }: Baseline): string {
  const head = JSON.stringify(rest, undefined, 2).slice(0, -2);
  const lines = cases.map((one) => `    ${JSON.stringify(one)}`);
  return `${head},\n  "cases": [\n${lines.join(',\n')}\n  ]\n}\n`;
}

export type ReadBaseline = { readonly baseline: Baseline } | { readonly problem: string };

/** Reads the text of a baseline; cases that cannot be read are left out. */
export function parseBaseline(text: string): ReadBaseline {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { problem: `not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
  if (!isRecord(value) || !Array.isArray(value.cases)) return { problem: 'it has no cases' };
  if (value.version !== 1) return { problem: 'it is of another version of Glassbox' };
  const cases = (value.cases as readonly unknown[]).filter(isBaselineCase);
  return { baseline: { ...(value as unknown as Baseline), cases } };
}

function isBaselineCase(value: unknown): value is BaselineCase {
  if (!isRecord(value)) return false;
  const { id, hash, repeats, passed } = value;
  return (
    typeof id === 'string' &&
    typeof hash === 'string' &&
    Number.isInteger(repeats) &&
    Number.isInteger(passed) &&
    (passed as number) >= 0 &&
    (passed as number) <= (repeats as number)
  );
}
