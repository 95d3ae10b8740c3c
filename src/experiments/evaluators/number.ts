import type { Json } from '../../model/value';
import type { EvaluatorOf } from '../experiment';
import { fail, nothingExpected, pass, quote, type Judgement, type Subject } from './judgement';

/** The number in the output lies within the tolerance of the expected one. */
export function number(spec: EvaluatorOf<'number'>, subject: Subject): Judgement {
  const expected = spec.value ?? subject.case.expected;
  if (expected === undefined) return nothingExpected;
  const wanted = numberOf(expected);
  if (wanted === undefined) return fail(`The expected ${quote(expected)} holds no number.`);
  const got = numberOf(subject.output);
  if (got === undefined) return fail(`There is no number in ${quote(subject.output)}.`);
  const { tolerance = 0 } = spec;
  const apart = Math.abs(got - wanted);
  // 0.1 + 0.2 must lie within 0 of 0.3.
  const rounding = 1e-12 * Math.max(Math.abs(got), Math.abs(wanted));
  const sentence = `${got} is ${Number(apart.toPrecision(6))} from the expected ${wanted}`;
  return apart <= tolerance + rounding
    ? pass(`${sentence}, within ${tolerance}.`)
    : fail(`${sentence}, more than ${tolerance}.`);
}

/** The value, or the last number of a text, where answers put their result. */
function numberOf(value: Json): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return undefined;
  const numbers = value.match(/-?(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?(?:[eE][+-]?\d+)?/g);
  const last = numbers?.at(-1)?.replaceAll(',', '');
  return last === undefined ? undefined : Number(last);
}
