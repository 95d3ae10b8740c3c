import { contentOf, scalarsOf, type Content } from './content';
import type { FieldTest, Filter } from './filter';
import { matchesObservation, meets, searchable } from './filterMatch';
import type { Observation, ObservationSummary, Score } from './observation';
import { phraseFinder, phraseOf } from './words';

/**
 * The terms of a filter that rows cannot answer: free text, `attr`, `metadata` and `score`. They
 * are answered by what an observation holds, so a search asks the rows first (`withoutContent`),
 * and looks into what is left.
 */

const everything: Filter = { type: 'and', operands: [] };
const nothing: Filter = { type: 'or', operands: [] };

/**
 * A filter that rows can answer and that gives at least all that the given one does: every term
 * that needs content is taken to be met, wherever that makes the filter wider.
 */
export function withoutContent(filter: Filter, wider = true): Filter {
  switch (filter.type) {
    case 'and':
    case 'or':
      return {
        ...filter,
        operands: filter.operands.map((operand) => withoutContent(operand, wider)),
      };
    case 'not':
      return { ...filter, operand: withoutContent(filter.operand, !wider) };
    case 'span':
      return { ...filter, operand: withoutContent(filter.operand, wider) };
    case 'text':
      return wider ? everything : nothing;
    case 'field':
      if (searchable(filter).length === 0) return filter;
      return wider ? everything : nothing;
  }
}

/** Whether one observation meets all of a filter, its content included. */
export function matchesContent(
  filter: Filter,
  row: ObservationSummary,
  { observation, now }: { readonly observation: Observation; readonly now: number },
): boolean {
  return matches(filter, { row, now, content: contentOf(observation) });
}

interface Looked {
  readonly row: ObservationSummary;
  readonly content: Content;
  readonly now: number;
}

function matches(filter: Filter, looked: Looked): boolean {
  switch (filter.type) {
    case 'and':
      return filter.operands.every((operand) => matches(operand, looked));
    case 'or':
      return filter.operands.some((operand) => matches(operand, looked));
    case 'not':
      return !matches(filter.operand, looked);
    case 'span':
      return matches(filter.operand, looked);
    case 'text':
      return looked.content.texts.some((text) => phraseFinder(phraseOf(filter.text))(text));
    case 'field':
      return matchesField(filter, looked);
  }
}

function matchesField(test: FieldTest, { row, content, now }: Looked): boolean {
  switch (test.field) {
    case 'attr':
      return meetsScalar(test, scalarsOf(ownMember(content.attributes, test.key ?? '')));
    case 'metadata':
      return meetsScalar(test, scalarsOf(ownMember(content.metadata, test.key ?? '')));
    case 'score':
      return matchesScores(test, content.scores);
    default:
      return matchesObservation(test, row, now);
  }
}

/** Whether one of the scores has the name asked for, if any, and meets the comparison. */
export function matchesScores(test: FieldTest, scores: readonly Score[]): boolean {
  return scores
    .filter(({ name }) => test.key === undefined || name === test.key)
    .some(({ value, label }) => meets(test, [value, label]));
}

/** Numbers are compared as numbers by `<` and `>`, as what is written by `:` and `=`. */
function meetsScalar(test: FieldTest, scalars: readonly (string | number)[]): boolean {
  if (typeof test.value === 'number')
    return meets(
      test,
      scalars.map((scalar) => (scalar === '' ? NaN : Number(scalar))),
    );
  return meets(test, scalars.map(String));
}

function ownMember<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
