import { isRecord, type Json } from '../../model/value';
import type { EvaluatorOf } from '../experiment';
import { fail, nothingExpected, pass, quote, type Judgement, type Subject } from './judgement';

/** The output, also where it is JSON in a text, equals the expected value; names what differs first. */
export function jsonEqual(spec: EvaluatorOf<'json-equal'>, subject: Subject): Judgement {
  const wanted = spec.value ?? subject.case.expected;
  if (wanted === undefined) return nothingExpected;
  const got = parsed(subject.output);
  const difference = firstDifference(parsed(wanted), got, '');
  return difference === undefined ? pass('The output equals the expected JSON.') : fail(difference);
}

/** A text that is JSON, as the value it is. */
export function parsed(value: Json): Json {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value) as Json;
  } catch {
    return value;
  }
}

function firstDifference(wanted: Json, got: Json, path: string): string | undefined {
  const place = path === '' ? 'The output' : path;
  if (Array.isArray(wanted) && Array.isArray(got)) {
    const items = got as readonly Json[];
    if (wanted.length !== items.length)
      return `${place} has ${items.length} items, expected ${wanted.length}.`;
    return firstOf(wanted as readonly Json[], (item, i) =>
      firstDifference(item, items[i] ?? null, `${path}[${i}]`),
    );
  }
  if (isRecord(wanted) && isRecord(got) && !Array.isArray(wanted)) {
    const [a, b] = [wanted, got] as unknown as Readonly<Record<string, Json>>[];
    const keys = [...new Set([...Object.keys(a ?? {}), ...Object.keys(b ?? {})])];
    return firstOf(keys, (key) => {
      const [left, right] = [a?.[key], b?.[key]];
      const inside = path === '' ? key : `${path}.${key}`;
      if (left === undefined) return `${inside} was not expected.`;
      if (right === undefined) return `${inside} is missing.`;
      return firstDifference(left, right, inside);
    });
  }
  if (wanted === got) return undefined;
  return `${place} is ${quote(got)}, expected ${quote(wanted)}.`;
}

function firstOf<T>(
  items: readonly T[],
  look: (item: T, index: number) => string | undefined,
): string | undefined {
  for (const [index, item] of items.entries()) {
    const found = look(item, index);
    if (found !== undefined) return found;
  }
  return undefined;
}
