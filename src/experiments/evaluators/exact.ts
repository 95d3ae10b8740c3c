import type { Json } from '../../model/value';
import { canonicalJson } from '../canonical';
import type { EvaluatorOf } from '../experiment';
import {
  fail,
  nothingExpected,
  pass,
  quote,
  textOf,
  type Judgement,
  type Subject,
} from './judgement';

/** The output is the expected value; normalised, its case and spaces do not matter. */
export function exact(spec: EvaluatorOf<'exact'>, subject: Subject): Judgement {
  const wanted = spec.value ?? subject.case.expected;
  if (wanted === undefined) return nothingExpected;
  const form = spec.normalize === true ? normalized : canonicalJson;
  if (form(subject.output) === form(wanted)) return pass('The output is the expected one.');
  return fail(`Expected ${quote(wanted)}, the output is ${quote(subject.output)}.`);
}

function normalized(value: Json): string {
  return textOf(value).normalize('NFKC').replace(/\s+/g, ' ').trim().toLowerCase();
}
