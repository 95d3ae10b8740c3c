import { formatCost, formatCount, formatDuration } from '../../model/format';
import type { EvaluatorOf } from '../experiment';
import { fail, pass, type Judgement, type Subject } from './judgement';

/** The repeat took no longer than this. */
export function latency({ maxMs }: EvaluatorOf<'latency'>, { outcome }: Subject): Judgement {
  const took = `It took ${formatDuration(outcome.durationMs * 1000)}`;
  return outcome.durationMs <= maxMs
    ? pass(`${took}.`)
    : fail(`${took}, more than ${formatDuration(maxMs * 1000)}.`);
}

/** The calls of the repeat cost no more than this; an unknown price is no low one. */
export function cost({ max }: EvaluatorOf<'cost'>, { outcome }: Subject): Judgement {
  if (outcome.cost === undefined) return fail('The cost is not known.');
  const spent = `It cost ${formatCost(outcome.cost)}`;
  return outcome.cost <= max ? pass(`${spent}.`) : fail(`${spent}, more than ${formatCost(max)}.`);
}

/** The calls of the repeat used no more tokens than this. */
export function tokens({ max }: EvaluatorOf<'tokens'>, { outcome }: Subject): Judgement {
  if (outcome.tokens === undefined) return fail('How many tokens were used is not known.');
  const used = `${formatCount(outcome.tokens)} tokens`;
  return outcome.tokens <= max ? pass(`${used}.`) : fail(`${used}, more than ${formatCount(max)}.`);
}

/** Nothing in the trace failed, not even what the agent recovered from. */
export function noError(_: EvaluatorOf<'no-error'>, { outcome }: Subject): Judgement {
  const { traceId, errorCount = 0, firstError } = outcome;
  if (errorCount > 0) {
    const first = firstError === undefined ? '' : `, first: ${firstError}`;
    return fail(`${errorCount} observation${errorCount === 1 ? '' : 's'} failed${first}`);
  }
  return pass(traceId === undefined ? 'It ended well and sent no trace.' : 'Nothing failed.');
}
