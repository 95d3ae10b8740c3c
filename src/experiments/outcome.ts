import type { Observation } from '../model/observation';
import type { Json } from '../model/value';

/** What one repeat of one case did. */
export interface Outcome {
  /** Absent where the target sent no span. */
  readonly traceId?: string;
  /** Absent where it gave none: it failed, hung, crashed or was stopped. */
  readonly output?: Json;
  /** Why there is no output, a sentence. */
  readonly error?: string;
  readonly durationMs: number;
  /** US dollars, 0 without a model call; absent where a call has no known price. */
  readonly cost?: number;
  /** Absent where calls did not report any. */
  readonly tokens?: number;
  readonly firstError?: string;
  /** Failed observations, handled ones included. */
  readonly errorCount?: number;
  /** Those of the trace in the order they began, where an evaluator asks for them. */
  readonly observations?: readonly Observation[];
}

/** What an evaluator made of a repeat. */
export interface EvaluatorScore {
  readonly evaluator: string;
  /** 0 to 1. */
  readonly score: number;
  readonly passed: boolean;
  readonly reason: string;
}

export interface RepeatResult extends Outcome {
  readonly scores: readonly EvaluatorScore[];
  readonly passed: boolean;
}
