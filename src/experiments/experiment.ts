import type { Json } from '../model/value';

/** What an `*.experiment.json` file says, its defaults filled in. */
export interface Experiment {
  /** The file's name without `.experiment.json`. */
  readonly name: string;
  /** A name in `.glassbox/datasets`, or a path to a JSONL file beside the experiment. */
  readonly dataset: string;
  readonly target: Target;
  readonly repeat: number;
  readonly concurrency: number;
  readonly timeoutMs: number;
  /** US dollars; no further case is started once they are spent. */
  readonly budget?: number;
  /** Makes the order of cases another one, always the same. */
  readonly seed?: number;
  readonly evaluators: readonly EvaluatorSpec[];
  /** Undefined where the file sets none. */
  readonly gate?: Gate;
}

export type Target =
  /** An entry of `agents.json`. */
  | { readonly agent: string }
  /** `name@version`, `name@label` or `name`, answered by `endpoint/model`. */
  | { readonly prompt: string; readonly model: string };

/** What must hold for exit code 0. */
export interface Gate {
  /** The least mean pass rate. */
  readonly passRate?: number;
  /** The least lower bound of its 95 % interval. */
  readonly passRateLower?: number;
  /** No case decidedly worse than in the baseline; with `strict` none that looks worse. */
  readonly noBroken?: boolean | 'strict';
  /** US dollars of a run, judges not counted. */
  readonly maxCost?: number;
  /** The 95th percentile of the repeats' times. */
  readonly maxLatencyMs?: number;
}

interface Common {
  /** What its scores are called; the type where the file names none. */
  readonly name: string;
  readonly weight: number;
  /** The least score that passes. */
  readonly threshold: number;
}

export interface ToolExpectation {
  readonly tool: string;
  /** Arguments the call must have, among others. */
  readonly args?: Readonly<Record<string, Json>>;
}

export interface EvaluatorKinds {
  readonly contains: { readonly value?: string | readonly string[]; readonly ignoreCase?: boolean };
  readonly exact: { readonly value?: Json; readonly normalize?: boolean };
  readonly regex: { readonly pattern: string; readonly flags?: string };
  readonly number: { readonly value?: number; readonly tolerance?: number };
  readonly 'json-equal': { readonly value?: Json };
  readonly 'json-schema': { readonly schema: Readonly<Record<string, Json>> | boolean };
  readonly similarity: {
    readonly value?: string;
    readonly method?: 'edit' | 'embedding';
    /** `endpoint/model`, for embeddings. */
    readonly model?: string;
  };
  readonly trajectory: {
    readonly expect: readonly ToolExpectation[];
    readonly mode?: 'exact' | 'ordered' | 'any' | 'forbid';
  };
  readonly assert: { readonly expr: string };
  readonly latency: { readonly maxMs: number };
  readonly cost: { readonly max: number };
  readonly tokens: { readonly max: number };
  readonly 'no-error': object;
  readonly judge: {
    readonly rubric?: string;
    readonly preset?: 'correctness' | 'helpfulness' | 'toxicity' | 'format';
    readonly model: string;
    /** The best mark, 1 being the worst; 5 unless said otherwise. */
    readonly scale?: number;
    /** Compares with the expected output instead of marking. */
    readonly pairwise?: boolean;
  };
  /** A function of the workspace, in `.py` or JavaScript. */
  readonly code: { readonly file: string; readonly function: string };
}

export type EvaluatorType = keyof EvaluatorKinds;

export type EvaluatorSpec = {
  [T in EvaluatorType]: Common & { readonly type: T } & EvaluatorKinds[T];
}[EvaluatorType];

export type EvaluatorOf<T extends EvaluatorType> = Common & {
  readonly type: T;
} & EvaluatorKinds[T];
