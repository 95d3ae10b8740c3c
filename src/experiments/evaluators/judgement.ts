import { canonicalJson } from '../canonical';
import type { Case } from '../dataset';
import type { Outcome } from '../outcome';
import type { Json } from '../../model/value';

/** What an evaluator looks at: one output with the case that asked for it. */
export interface Subject {
  readonly case: Case;
  readonly output: Json;
  readonly outcome: Outcome;
}

/** A verdict, or a score from 0 to 1 for the threshold to decide; always with its reason. */
export interface Judgement {
  readonly score: number | boolean;
  readonly reason: string;
}

export const pass = (reason: string): Judgement => ({ score: true, reason });
export const fail = (reason: string): Judgement => ({ score: false, reason });

/** An output as the text a person reads. */
export function textOf(value: Json): string {
  return typeof value === 'string' ? value : canonicalJson(value);
}

/** A value for a sentence: JSON, cut where it is long. */
export function quote(value: Json, most = 120): string {
  const text = canonicalJson(value);
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

export const nothingExpected: Judgement = fail(
  "There is nothing to compare with: the case has no 'expected' and the evaluator no 'value'.",
);
