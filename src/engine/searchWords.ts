import { contentOf, scalarLimit, scalarsOf } from '../model/content';
import type { Observation } from '../model/observation';
import type { Json } from '../model/value';
import type { SearchedObservation } from '../store/search';

/** Raised whenever an index would hold other words for the same observation. */
export const searchWordsVersion = 1;

/** What an index is given of an observation. */
export function searchedObservation(observation: Observation): SearchedObservation {
  const { texts, attributes, metadata, scores } = contentOf(observation);
  const words: string[] = [];
  addWords(words, 'attr', attributes);
  addWords(words, 'metadata', metadata);
  return { spanId: observation.spanId, texts, scores, words };
}

type WordField = 'attr' | 'metadata';

function addWords(words: string[], field: WordField, values: Readonly<Record<string, Json>>): void {
  for (const key in values) {
    const value = values[key];
    if (typeof value !== 'string') {
      for (const scalar of scalarsOf(value)) addWordsOf(words, begunOf(field, key), String(scalar));
    } else if (value.length <= scalarLimit) addWordsOf(words, begunOf(field, key), value);
  }
}

/** A value stands there as it is, and where it has capital letters also without them. */
function addWordsOf(words: string[], known: Begun, value: string): void {
  if (known.value !== value) {
    known.value = value;
    const folded = foldCase(value);
    const exact = wordOf(value, known);
    known.words = folded === value ? [exact] : [exact, foldedWordOf(folded, known)];
  }
  words.push(...known.words);
}

/** Finds `attr.key` or `metadata.key` with exactly this value. */
export function exactWord(field: WordField, key: string, value: string): string {
  return wordOf(value, begunOf(field, key));
}

/** Either of them finds the value in whatever case. */
export function anyCaseWords(field: WordField, key: string, value: string): readonly string[] {
  const begun = begunOf(field, key);
  return [wordOf(foldCase(value), begun), foldedWordOf(foldCase(value), begun)];
}

function foldCase(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** The hash of a key so far, and the value last seen there: most values repeat. */
interface Begun {
  readonly low: number;
  readonly high: number;
  value: string | undefined;
  words: readonly string[];
}

const keyLimit = 10_000;
const begun: Readonly<Record<WordField, Map<string, Begun>>> = {
  attr: new Map(),
  metadata: new Map(),
};

function begunOf(field: WordField, key: string): Begun {
  const keys = begun[field];
  const known = keys.get(key);
  if (known) return known;
  const start = { low: 0x811c9dc5, high: 0x9747b28c };
  const made = { ...hashed(`${field}.${key}=`, start), value: undefined, words: [] };
  if (keys.size >= keyLimit) keys.clear();
  keys.set(key, made);
  return made;
}

/** 64 bits in letters and digits: cheap, and hardly ever shared by two values. */
function wordOf(value: string, from: Begun): string {
  const { low, high } = hashed(value, from);
  return `zq${low.toString(36)}x${high.toString(36)}`;
}

function foldedWordOf(folded: string, from: Begun): string {
  return `zy${wordOf(folded, from)}`;
}

function hashed(
  text: string,
  from: { readonly low: number; readonly high: number },
): { readonly low: number; readonly high: number } {
  let { low, high } = from;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ unit, 0x5bd1e995);
    high ^= high >>> 15;
  }
  return { low: low >>> 0, high: high >>> 0 };
}
