import type { FieldTest, Filter } from '../model/filter';
import { withoutContent } from '../model/filterContent';
import { searchable, speaksOfOneObservation } from '../model/filterMatch';
import { phraseOf } from '../model/words';
import type { Wanted } from '../store/search';
import { anyCaseWords, exactWord } from './searchWords';

/** How the traces that a filter gives are found. */
export interface SearchPlan {
  /** What rows can say: gives all that the filter does, and more. */
  readonly rows: Filter;
  /** What an index can say, likewise; absent where it says nothing. */
  readonly wanted?: Wanted;
  /** Whether what rows and index say together is all there is to say. */
  readonly exact: boolean;
}

/** Traces by id whose scores, given by a person, meet the test. */
export type ScoredBy = (test: FieldTest) => readonly string[];

export function planSearch(filter: Filter, scoredBy: ScoredBy): SearchPlan {
  const plan = { rows: withoutContent(filter), exact: isExact(filter) };
  const wanted = wantedOf(filter, scoredBy);
  return wanted ? { ...plan, wanted } : plan;
}

/** What an index can say of a filter; undefined where it says nothing. */
export function wantedOf(filter: Filter, scoredBy: ScoredBy): Wanted | undefined {
  switch (filter.type) {
    case 'and': {
      const operands = filter.operands.flatMap((operand) => wantedOf(operand, scoredBy) ?? []);
      const [only] = operands;
      return operands.length > 1 ? { type: 'and', operands } : only;
    }
    case 'or': {
      const operands = filter.operands.flatMap((operand) => wantedOf(operand, scoredBy) ?? []);
      const all = operands.length === filter.operands.length && operands.length > 0;
      return all ? { type: 'or', operands } : undefined;
    }
    case 'not': {
      const operand = isExactTerm(filter.operand) && wantedOf(filter.operand, scoredBy);
      return operand ? { type: 'not', operand } : undefined;
    }
    case 'span':
      return wantedOf(filter.operand, scoredBy);
    case 'text': {
      const { words, open } = phraseOf(filter.text);
      return words.length > 0 ? wordsWanted(words, open) : undefined;
    }
    case 'field':
      return fieldWanted(filter, scoredBy);
  }
}

/** The beginnings of so many words that an index would be slower than reading the newest. */
const shortBeginning = 4;

/** The index splits words where a character was no letter when its tables were made. */
function wordsWanted(words: readonly string[], open: boolean): Wanted | undefined {
  if (words.some((word) => /[\u{10000}-\u{10ffff}]/u.test(word))) return undefined;
  if (open && (words.at(-1) ?? '').length < shortBeginning) return undefined;
  return { type: 'words', words, open };
}

function wordWanted(word: string): Wanted {
  return { type: 'words', words: [word], open: false };
}

function fieldWanted(test: FieldTest, scoredBy: ScoredBy): Wanted | undefined {
  const { field, key, comparison, value } = test;
  if (field === 'score') {
    return { type: 'score', name: key, comparison, value, also: scoredBy(test) };
  }
  if ((field !== 'attr' && field !== 'metadata') || key === undefined) return undefined;
  if (typeof value !== 'string' || (comparison === ':' && value.includes('*'))) return undefined;
  if (comparison === '=') return wordWanted(exactWord(field, key, value));
  return { type: 'or', operands: anyCaseWords(field, key, value).map(wordWanted) };
}

/**
 * A word, the value of an attribute and a score are in the index if and only if they
 * are in the trace; so are several of them. A phrase may lie scattered over a text, and what must
 * hold of one observation may hold of several.
 */
function isExact(filter: Filter): boolean {
  if (isExactTerm(filter)) return true;
  switch (filter.type) {
    case 'and': {
      const terms = filter.operands.filter((operand) => searchable(operand).length > 0);
      const alone = filter.operands.filter(speaksOfOneObservation).length <= 1;
      const joined = terms.some(speaksOfOneObservation);
      return terms.every(isExact) && (alone || !joined);
    }
    case 'or':
      return filter.operands.every(isExactTerm);
    case 'not':
      return isExactTerm(filter.operand);
    default:
      return searchable(filter).length === 0;
  }
}

function isExactTerm(filter: Filter): boolean {
  if (filter.type === 'text') {
    const { words, open } = phraseOf(filter.text);
    return words.length === 1 && wordsWanted(words, open) !== undefined;
  }
  if (filter.type !== 'field') return false;
  if (filter.field === 'score') return true;
  if (filter.field !== 'attr' && filter.field !== 'metadata') return false;
  const { comparison, value } = filter;
  return typeof value === 'string' && (comparison === '=' || !value.includes('*'));
}
