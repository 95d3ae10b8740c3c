import type { Filter } from '../../model/filter';
import { matchesObservation } from '../../model/filterMatch';
import { parseFilter } from '../../model/filterParse';
import { matchesPattern } from '../../model/filterValue';
import type { Observation } from '../../model/observation';
import type { EvaluatorOf } from '../experiment';
import { fail, pass, type Judgement, type Subject } from './judgement';

/**
 * Assertions about a trace in the filter language: `count(kind:tool name:refund) = 1`, with `=`,
 * `!=` and the inequalities, or a filter alone, which at least one observation must meet.
 */

interface Assertion {
  readonly filter: Filter | undefined;
  readonly comparison: string;
  readonly count: number;
}

export type ParsedAssertion = Assertion | { readonly problem: string; readonly position: number };

/** What stands in `count(…)` is any filter; its end is found from the comparison behind it. */
export function parseAssertion(text: string): ParsedAssertion {
  const counted = /^\s*count\s*\(/.exec(text);
  if (!counted) {
    const parsed = parseFilter(text);
    if ('problem' in parsed) return parsed;
    return parsed.filter
      ? { filter: parsed.filter, comparison: '>=', count: 1 }
      : { problem: 'Here a condition is missing.', position: 0 };
  }
  const start = counted[0].length;
  const end = /\)\s*(<=|>=|!=|==|[=<>])\s*(\d+)\s*$/.exec(text);
  if (!end || end.index < start) {
    const problem = "A count needs a comparison behind it, such as '= 1'.";
    return { problem, position: text.length };
  }
  const parsed = parseFilter(text.slice(start, end.index));
  if ('problem' in parsed) return { ...parsed, position: parsed.position + start };
  return { filter: parsed.filter, comparison: end[1] ?? '=', count: Number(end[2]) };
}

/** The trace meets the assertion. */
export function assert({ expr }: EvaluatorOf<'assert'>, subject: Subject): Judgement {
  const assertion = parseAssertion(expr);
  if ('problem' in assertion) return fail(assertion.problem);
  const { filter, comparison, count } = assertion;
  const observations = subject.outcome.observations ?? [];
  const found = observations.filter((one) => filter === undefined || meets(filter, one));
  const sentence = `${found.length} of ${observations.length} observations fit, expected ${comparison} ${count}: ${expr}`;
  return compare(found.length, comparison, count) ? pass(sentence) : fail(sentence);
}

/** Rows know neither attributes nor text; whole observations do. */
function meets(filter: Filter, observation: Observation): boolean {
  switch (filter.type) {
    case 'and':
      return filter.operands.every((operand) => meets(operand, observation));
    case 'or':
      return filter.operands.some((operand) => meets(operand, observation));
    case 'not':
      return !meets(filter.operand, observation);
    case 'span':
      return meets(filter.operand, observation);
    case 'text':
      return contentOf(observation).includes(filter.text.toLowerCase());
    case 'field':
      return meetsField(filter, observation);
  }
}

function meetsField(test: Extract<Filter, { type: 'field' }>, observation: Observation): boolean {
  const { field, key = '', comparison, value } = test;
  if (field !== 'attr' && field !== 'metadata') {
    return matchesObservation(test, { ...observation, ai: true }, Date.now() * 1000);
  }
  const found = (field === 'attr' ? observation.attributes : observation.metadata)?.[key];
  if (found === undefined || found === null || typeof found === 'object') return false;
  if (comparison === ':') return matchesPattern(String(value), String(found));
  if (comparison === '=') return String(found) === String(value);
  return compare(Number(found), comparison, Number(value));
}

function contentOf({ name, input, output, inputMessages, outputMessages }: Observation): string {
  const content = [name, input, output, inputMessages, outputMessages];
  return content
    .map((part) => JSON.stringify(part) ?? '')
    .join('\n')
    .toLowerCase();
}

function compare(found: number, comparison: string, wanted: number): boolean {
  switch (comparison) {
    case '<':
      return found < wanted;
    case '<=':
      return found <= wanted;
    case '>':
      return found > wanted;
    case '>=':
      return found >= wanted;
    case '!=':
      return found !== wanted;
    default:
      return found === wanted;
  }
}
