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

/** The output holds a text, or all of several. */
export function contains(spec: EvaluatorOf<'contains'>, subject: Subject): Judgement {
  const { expected } = subject.case;
  const wanted = spec.value ?? (expected === undefined ? undefined : textsOf(expected));
  if (wanted === undefined) return nothingExpected;
  const fold = (text: string) => (spec.ignoreCase === true ? text.toLowerCase() : text);
  const output = fold(textOf(subject.output));
  const texts = typeof wanted === 'string' ? [wanted] : wanted;
  const missing = texts.filter((text) => !output.includes(fold(text)));
  return missing.length === 0
    ? pass(`The output contains ${texts.map((text) => quote(text)).join(' and ')}.`)
    : fail(`The output does not contain ${missing.map((text) => quote(text)).join(' nor ')}.`);
}

function textsOf(expected: Parameters<typeof textOf>[0]): readonly string[] {
  return Array.isArray(expected) ? expected.map(textOf) : [textOf(expected)];
}
