import { isRecord, type Json } from '../../model/value';
import type { EvaluatorOf } from '../experiment';
import { fail, quote, type Judgement, type Subject } from './judgement';

/** Calls a function of the workspace in a child process; rejects with what it threw. */
export type CallCode = (
  target: { readonly file: string; readonly function: string },
  argument: Json,
) => Promise<Json>;

/**
 * The user's own: a function of `{input, expected, output, metadata, durationMs, traceId}` that
 * gives a verdict, a number from 0 to 1, or `{score, reason}`.
 */
export async function code(
  spec: EvaluatorOf<'code'>,
  { case: { input, expected, metadata }, output, outcome }: Subject,
  call: CallCode,
): Promise<Judgement> {
  const { durationMs, traceId = null } = outcome;
  const result = await call(spec, {
    ...{ input, expected: expected ?? null, output },
    ...{ metadata: metadata ?? {}, durationMs, traceId },
  });
  const said = isRecord(result) ? (result as Readonly<Record<string, Json>>) : undefined;
  const score = said ? said.score : result;
  if (typeof score !== 'boolean' && typeof score !== 'number') {
    return fail(`${spec.function} gave ${quote(result)}: no verdict, number or {score, reason}.`);
  }
  if (typeof score === 'number' && !(score >= 0 && score <= 1)) {
    return fail(`${spec.function} gave ${score}, which is not between 0 and 1.`);
  }
  const reason = typeof said?.reason === 'string' ? said.reason : `${spec.function} gave ${score}.`;
  return { score, reason };
}
