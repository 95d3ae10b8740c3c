import { createHash } from 'node:crypto';
import type { Json } from '../model/value';

/** What a version of a prompt is made of. */
export interface PromptContent {
  /** The text of the `.prompt` file. */
  readonly content: string;
  /** The turns of its `.messages.json`, where it names one. */
  readonly turns?: readonly Json[];
}

/**
 * The identity of a version: SHA-256 in hex of the canonical text of its file, and of its turns
 * where it has some. The same on every system: line ends, a byte order mark, spaces at the end of
 * the file and the order of keys in the turns make no difference.
 */
export function hashOfPrompt({ content, turns }: PromptContent): string {
  const hash = createHash('sha256').update(canonicalText(content));
  if (turns !== undefined) hash.update('\0').update(canonicalJson(turns));
  return hash.digest('hex');
}

/** Line feeds only, no byte order mark, one line break at the end. */
export function canonicalText(text: string): string {
  return `${text
    .replace(/^\uFEFF/, '')
    .replaceAll(/\r\n?/g, '\n')
    .trimEnd()}\n`;
}

/** JSON without spaces, the keys of each object in order. */
export function canonicalJson(value: Json): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (isList(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, one]) => `${JSON.stringify(key)}:${canonicalJson(one)}`).join(',')}}`;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
