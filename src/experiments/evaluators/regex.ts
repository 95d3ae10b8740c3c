import type { EvaluatorOf } from '../experiment';
import { fail, pass, quote, textOf, type Judgement, type Subject } from './judgement';

/** A part of the output fits a JavaScript regular expression. */
export function regex({ pattern, flags }: EvaluatorOf<'regex'>, subject: Subject): Judgement {
  const expression = new RegExp(pattern, flags?.replace(/[gy]/g, ''));
  const found = expression.exec(textOf(subject.output));
  return found
    ? pass(`${String(expression)} fits ${quote(found[0])}.`)
    : fail(`${String(expression)} fits nothing in ${quote(subject.output)}.`);
}
