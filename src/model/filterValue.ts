import { traceFields, observationFields, type Comparison, type FilterField } from './filter';
import { nearest } from './nearest';
import { observationKinds, observationStatuses } from './observation';

/** What a field is compared with; decides which comparisons and which values it takes. */
type ValueKind =
  'text' | 'kind' | 'status' | 'money' | 'duration' | 'count' | 'ago' | 'flag' | 'scalar' | 'score';

const valueKinds: Readonly<Record<FilterField, ValueKind>> = {
  status: 'status',
  cost: 'money',
  latency: 'duration',
  tokens: 'count',
  user: 'text',
  session: 'text',
  tag: 'text',
  score: 'score',
  since: 'ago',
  errors: 'count',
  starred: 'flag',
  service: 'text',
  kind: 'kind',
  name: 'text',
  model: 'text',
  agent: 'text',
  tool: 'text',
  attr: 'scalar',
  metadata: 'scalar',
};

const fields: readonly FilterField[] = [...traceFields, ...observationFields];

/** What people type for a field when they know another tool. */
const synonyms: Readonly<Record<string, FilterField>> = {
  duration: 'latency',
  time: 'latency',
  price: 'cost',
  type: 'kind',
  thread: 'session',
  attribute: 'attr',
  level: 'status',
  label: 'tag',
};

export function isFilterField(name: string): name is FilterField {
  return Object.hasOwn(valueKinds, name);
}

/** What to say of a name that is no field; `key` is the part behind its dot. */
export function unknownField(name: string, key: string | undefined): string {
  const meant = synonyms[name.toLowerCase()] ?? nearest(name, fields);
  if (meant !== undefined) return `There is no field '${name}'. Did you mean '${meant}'?`;
  const instead =
    key === undefined
      ? 'To search for it as text, put it in quotes.'
      : `An attribute is written attr.${name}.${key}.`;
  return `There is no field '${name}'. ${instead}`;
}

/** What is wrong with the key of a field, if anything. */
export function keyProblem(field: FilterField, key: string | undefined): string | undefined {
  if (field === 'attr' || field === 'metadata') {
    return key === undefined ? `'${field}' needs a key: ${field}.key=value.` : undefined;
  }
  if (field === 'score' || key === undefined) return undefined;
  return `'${field}' has no part behind a dot.`;
}

export type ReadValue = { readonly value: string | number } | { readonly problem: string };

/** Reads what stands behind a comparison into the units of `FieldTest.value`. */
export function readValue(field: FilterField, comparison: Comparison, text: string): ReadValue {
  const range = comparison !== ':' && comparison !== '=';
  switch (valueKinds[field]) {
    case 'text':
      return range ? notARange(field) : { value: text };
    case 'kind':
      return range ? notARange(field) : readWord(field, text, observationKinds);
    case 'status':
      return range ? notARange(field) : readWord(field, text, observationStatuses);
    case 'flag':
      return range ? notARange(field) : readWord(field, text, ['true', 'false']);
    case 'ago':
      return range ? notARange(field) : readDuration(field, text);
    case 'duration':
      return readDuration(field, text);
    case 'money':
      return readNumber(text.replace(/^\$/, ''), `'${field}' needs dollars, such as 0.01.`);
    case 'count':
      return readNumber(text, `'${field}' needs a number.`);
    case 'scalar':
      return range ? readNumber(text, `'${comparison}' needs a number.`) : { value: text };
    case 'score':
      return readScore(text, range, comparison);
  }
}

function notARange(field: FilterField): ReadValue {
  return { problem: `'${field}' is not a number: write ${field}:value.` };
}

function readScore(text: string, range: boolean, comparison: Comparison): ReadValue {
  const number = readNumber(text, `'${comparison}' needs a number.`);
  return range || 'value' in number ? number : { value: text };
}

/** One of a fixed list of words; a wildcard must fit at least one of them. */
function readWord(field: FilterField, text: string, words: readonly string[]): ReadValue {
  const word = text.toLowerCase();
  if (words.includes(word)) return { value: word };
  if (word.includes('*') && words.some((candidate) => matchesPattern(word, candidate))) {
    return { value: word };
  }
  const meant = nearest(word, words);
  const advice =
    meant === undefined ? `It is one of ${words.join(', ')}.` : `Did you mean '${meant}'?`;
  return { problem: `There is no ${field} '${text}'. ${advice}` };
}

const numberPattern = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

function readNumber(text: string, problem: string): ReadValue {
  const value = numberPattern.test(text) ? Number(text) : NaN;
  return Number.isFinite(value) ? { value } : { problem };
}

/** Microseconds in each unit, largest first. */
export const durationUnits = [
  ['d', 86_400_000_000],
  ['h', 3_600_000_000],
  ['m', 60_000_000],
  ['s', 1_000_000],
  ['ms', 1_000],
] as const;

const durationPattern = /^(\d+\.?\d*|\.\d+|\d+e\d+)(ms|s|m|h|d)$/i;

function readDuration(field: FilterField, text: string): ReadValue {
  const [, amount = '', unit = ''] = durationPattern.exec(text) ?? [];
  const size = durationUnits.find(([name]) => name === unit.toLowerCase())?.[1] ?? NaN;
  const value = Math.round(Number(amount) * size);
  return Number.isFinite(value)
    ? { value }
    : { problem: `'${field}' needs a time with its unit: 300ms, 2s, 5m, 2h or 7d.` };
}

/**
 * Whether text is what `:` asks for: `*` stands for any run of characters, and the case of the
 * letters A to Z does not matter (as in SQL's LIKE, so that a store can do the same).
 */
export function matchesPattern(pattern: string, text: string): boolean {
  const folded = foldCase(text);
  const pieces = foldCase(pattern).split('*');
  const last = pieces.pop() ?? '';
  if (pieces.length === 0) return folded === last;
  let at = 0;
  for (const [index, piece] of pieces.entries()) {
    const found = index === 0 ? (folded.startsWith(piece) ? 0 : -1) : folded.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return folded.length - at >= last.length && folded.endsWith(last);
}

function foldCase(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
