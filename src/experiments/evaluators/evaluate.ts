import { toError } from '../../base/errors';
import type { Case } from '../dataset';
import type { EvaluatorSpec } from '../experiment';
import type { EvaluatorScore, Outcome, RepeatResult } from '../outcome';
import { assert } from './assert';
import { code, type CallCode } from './code';
import { contains } from './contains';
import { exact } from './exact';
import { judge, type AskJudge } from './judge';
import { jsonEqual } from './jsonEqual';
import { jsonSchema } from './jsonSchema';
import type { Judgement, Subject } from './judgement';
import { cost, latency, noError, tokens } from './limits';
import { number } from './number';
import { regex } from './regex';
import { editSimilarity, embeddingSimilarity, type Embed } from './similarity';
import { trajectory } from './trajectory';

/** What some evaluators need from outside: models, and processes of the workspace's own code. */
export interface Callers {
  readonly ask: AskJudge;
  readonly embed: Embed;
  readonly call: CallCode;
}

/** Whether an evaluator reads the observations of the trace. */
export function readsObservations({ type }: EvaluatorSpec): boolean {
  return type === 'trajectory' || type === 'assert';
}

/** Judges a repeat by every evaluator; it passes when all do, and never without an output. */
export async function evaluate(
  outcome: Outcome,
  { of, evaluators, callers }: EvaluateOptions,
): Promise<RepeatResult> {
  const scores: EvaluatorScore[] = [];
  for (const spec of evaluators) scores.push(await scoreOf(spec, { outcome, of, callers }));
  const passed = outcome.output !== undefined && scores.every((score) => score.passed);
  return { ...outcome, scores, passed };
}

export interface EvaluateOptions {
  readonly of: Case;
  readonly evaluators: readonly EvaluatorSpec[];
  readonly callers: Callers;
}

interface Evaluated {
  readonly outcome: Outcome;
  readonly of: Case;
  readonly callers: Callers;
}

async function scoreOf(
  spec: EvaluatorSpec,
  { outcome, of, callers }: Evaluated,
): Promise<EvaluatorScore> {
  const evaluator = spec.name;
  if (outcome.output === undefined) {
    const reason = `There is no output. ${outcome.error ?? ''}`.trim();
    return { evaluator, score: 0, passed: false, reason };
  }
  try {
    const subject = { case: of, output: outcome.output, outcome };
    const { score, reason } = await judgementOf(spec, subject, callers);
    const value = Number(score);
    const passed = typeof score === 'boolean' ? score : value >= spec.threshold;
    return { evaluator, score: value, passed, reason };
  } catch (error) {
    const reason = `The evaluator failed: ${toError(error).message}`;
    return { evaluator, score: 0, passed: false, reason };
  }
}

function judgementOf(
  spec: EvaluatorSpec,
  subject: Subject,
  callers: Callers,
): Judgement | Promise<Judgement> {
  switch (spec.type) {
    case 'contains':
      return contains(spec, subject);
    case 'exact':
      return exact(spec, subject);
    case 'regex':
      return regex(spec, subject);
    case 'number':
      return number(spec, subject);
    case 'json-equal':
      return jsonEqual(spec, subject);
    case 'json-schema':
      return jsonSchema(spec, subject);
    case 'similarity':
      return spec.method === 'embedding'
        ? embeddingSimilarity(spec, subject, callers.embed)
        : editSimilarity(spec, subject);
    case 'trajectory':
      return trajectory(spec, subject);
    case 'assert':
      return assert(spec, subject);
    case 'latency':
      return latency(spec, subject);
    case 'cost':
      return cost(spec, subject);
    case 'tokens':
      return tokens(spec, subject);
    case 'no-error':
      return noError(spec, subject);
    case 'judge':
      return judge(spec, subject, callers.ask);
    case 'code':
      return code(spec, subject, callers.call);
  }
}
