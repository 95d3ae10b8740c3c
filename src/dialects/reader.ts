import type { Attributes } from '../model/span';
import { isRecord, type Json, type Value } from '../model/value';
import { decodeJson, listOf, textOfBytes } from './json';

/**
 * Typed reads of single attributes. Senders mix types freely (numbers as text, lists as JSON
 * text, `None`), so each read says what it accepts and gives undefined for the rest.
 */

/** What stands for "nothing" in one library or another. */
const placeholders = new Set(['', 'null', 'None', 'undefined', '<not specified>', 'N/A']);

/** Marks of content that was there and was hidden. */
const redactions = new Set(['<REDACTED>', '__REDACTED__', '<elided>']);

/** True for text that says that there is no value. */
export function isPlaceholder(text: string): boolean {
  return text.length < 16 && placeholders.has(text);
}

/** True for a mark that content was removed on purpose. */
export function isRedaction(text: string): boolean {
  return redactions.has(text);
}

/** Text that is no placeholder; numbers and booleans as their text. */
export function asText(value: Value | undefined): string | undefined {
  if (typeof value === 'string') return isPlaceholder(value) ? undefined : value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value instanceof Uint8Array) return asText(textOfBytes(value));
  return undefined;
}

/** A finite number, also one written as text. */
export function asNumber(value: Value | undefined): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

export function asBoolean(value: Value | undefined): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string') return undefined;
  const lower = value.toLowerCase();
  return lower === 'true' ? true : lower === 'false' ? false : undefined;
}

/** Texts of a list, of JSON text that is a list, or of a comma-separated text. */
export function asTexts(value: Value | undefined): readonly string[] | undefined {
  const json = typeof value === 'string' && value.startsWith('[') ? decodeJson(value) : value;
  if (Array.isArray(json)) {
    const texts = (json as readonly Value[]).flatMap((item) => asText(item) ?? []);
    return texts.length > 0 ? texts : undefined;
  }
  const text = asText(value);
  if (text === undefined) return undefined;
  const texts = text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
  return texts.length > 0 ? texts : undefined;
}

/** JSON that says something: no placeholder, no null, no empty object (which some send instead). */
export function asJson(value: Value | undefined): Json | undefined {
  if (value === undefined || value === null) return undefined;
  const json = decodeJson(value);
  if (json === null || (typeof json === 'string' && isPlaceholder(json))) return undefined;
  return json;
}

/** An object with at least one member. */
export function asRecord(value: Value | undefined): Readonly<Record<string, Json>> | undefined {
  const json = asJson(value);
  return isRecord(json) && Object.keys(json).length > 0 ? json : undefined;
}

/** A list with at least one item. */
export function asList(value: Value | undefined): readonly Json[] | undefined {
  const list = listOf(asJson(value));
  return list && list.length > 0 ? list : undefined;
}

/** True where the attribute is there, without decoding what may be a long conversation. */
export function hasKey(attributes: Attributes, key: string): boolean {
  for (const known of attributes.keys()) if (known === key) return true;
  return false;
}

/** True where some attribute's key starts so. */
export function hasKeyStarting(attributes: Attributes, prefix: string): boolean {
  for (const known of attributes.keys()) if (known.startsWith(prefix)) return true;
  return false;
}

/** The first of several attributes that `read` accepts. */
export function firstOf<T>(
  attributes: Attributes,
  keys: readonly string[],
  read: (value: Value | undefined) => T | undefined,
): T | undefined {
  for (const key of keys) {
    const found = read(attributes.get(key));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The first of several attributes that is text. */
export function textAt(attributes: Attributes, ...keys: string[]): string | undefined {
  return firstOf(attributes, keys, asText);
}

/** The first of several attributes that is a number. */
export function numberAt(attributes: Attributes, ...keys: string[]): number | undefined {
  return firstOf(attributes, keys, asNumber);
}

/** The first of several attributes that holds JSON. */
export function jsonAt(attributes: Attributes, ...keys: string[]): Json | undefined {
  return firstOf(attributes, keys, asJson);
}

/** All attributes whose key starts with `prefix`, without it, decoded. */
export function recordAt(
  attributes: Attributes,
  prefix: string,
  skip: (name: string) => boolean = () => false,
): Readonly<Record<string, Json>> | undefined {
  const record: Record<string, Json> = Object.create(null) as Record<string, Json>;
  let found = false;
  for (const key of attributes.keys()) {
    if (!key.startsWith(prefix)) continue;
    const name = key.slice(prefix.length);
    const json = skip(name) ? undefined : asJson(attributes.get(key));
    if (name === '' || json === undefined) continue;
    record[name] = json;
    found = true;
  }
  return found ? record : undefined;
}

/** An object without its undefined members, or undefined when none is left. */
export function compact<T extends object>(object: T): T | undefined {
  const kept: Partial<T> = {};
  let found = false;
  for (const key in object) {
    if (object[key] === undefined) continue;
    kept[key] = object[key];
    found = true;
  }
  return found ? (kept as T) : undefined;
}
