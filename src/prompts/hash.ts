import { createHash } from 'node:crypto';
import type { Json } from '../model/value';
import { splitFile } from './frontMatter';

/** What a version of a prompt is made of. */
export interface PromptContent {
  /** The text of the `.prompt` file. */
  readonly content: string;
  /** The turns of its `.messages.json`, where it names one. */
  readonly turns?: readonly Json[];
}

/**
 * The identity of a version: SHA-256 in hex of the canonical text of its file, and of its turns
 * where it has some. The same on every system and under every name: line ends, a byte order mark,
 * spaces at the end of the file, the name of the file of turns and the order of keys in it make
 * no difference.
 */
export function hashOfPrompt({ content, turns }: PromptContent): string {
  const text = turns === undefined ? content : withTurnsFile(content, 'turns');
  const hash = createHash('sha256').update(canonicalText(text));
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

/** The file with another name for its file of turns; as it is where it names none. */
export function withTurnsFile(content: string, name: string): string {
  const { yaml, yamlStart } = splitFile(content);
  if (yaml === undefined) return content;
  const named = yaml.replace(/^glassbox\.messages:[^\r\n]*/m, () => `glassbox.messages: ${name}`);
  return content.slice(0, yamlStart) + named + content.slice(yamlStart + yaml.length);
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
