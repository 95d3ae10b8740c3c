import { isMap, isScalar, parseDocument, type Document } from 'yaml';
import { isRecord, type Json } from '../model/value';
import type { Problem } from './problem';

/**
 * The YAML at the head of a `.prompt` file. `dotprompt` swallows YAML it cannot read and takes
 * the whole file for the template, so the file is split and read here.
 */
export interface FrontMatter {
  readonly values: Readonly<Record<string, Json>>;
  readonly problems: readonly Problem[];
  /** Where in the file a key, or a key of a key, stands; the whole block where it is not found. */
  locate(...path: readonly string[]): { readonly start: number; readonly end: number };
}

export interface SplitFile {
  /** The text between the two lines of dashes; undefined where the file has none. */
  readonly yaml: string | undefined;
  readonly yamlStart: number;
  readonly template: string;
  readonly templateStart: number;
  /** The first line of dashes has no second one. */
  readonly unclosed: boolean;
}

const opening = /^\uFEFF?---[^\S\r\n]*(?:\r\n|\r|\n)/;
const closing = /^---[^\S\r\n]*(?:\r\n|\r|\n|$)/m;

/** Splits a file into front matter and template, each with its place. */
export function splitFile(text: string): SplitFile {
  const open = opening.exec(text);
  const bom = text.startsWith('\uFEFF') ? 1 : 0;
  const whole = { yaml: undefined, yamlStart: 0, template: text.slice(bom), templateStart: bom };
  if (!open) return { ...whole, unclosed: false };
  const yamlStart = open[0].length;
  const close = closing.exec(text.slice(yamlStart));
  if (!close) return { ...whole, unclosed: true };
  const templateStart = yamlStart + close.index + close[0].length;
  return {
    ...{ yaml: text.slice(yamlStart, yamlStart + close.index), yamlStart },
    ...{ template: text.slice(templateStart), templateStart, unclosed: false },
  };
}

/** Reads the front matter of a split file. Never throws. */
export function readFrontMatter({ yaml, yamlStart, unclosed }: SplitFile): FrontMatter {
  if (yaml === undefined) {
    const message = 'The front matter does not end: a second line of three dashes is missing.';
    const problem: Problem = { severity: 'error', message, start: 0, end: 3 };
    return {
      values: {},
      problems: unclosed ? [problem] : [],
      locate: () => ({ start: 0, end: 0 }),
    };
  }
  const document = parseDocument(yaml, { prettyErrors: false });
  // What follows the first error is mostly its echo.
  const problems = [...document.errors.slice(0, 1), ...document.warnings].map(
    ({ message, pos, name }) => ({
      severity: name === 'YAMLWarning' ? ('warning' as const) : ('error' as const),
      message: `The front matter is not YAML: ${message}`,
      ...{ start: yamlStart + pos[0], end: yamlStart + Math.max(pos[0] + 1, pos[1]) },
    }),
  );
  const whole = { start: yamlStart, end: yamlStart + yaml.length };
  const values = valuesOf(document);
  if (typeof values === 'string') problems.push({ severity: 'error', message: values, ...whole });
  return {
    values: typeof values === 'string' ? {} : values,
    problems,
    locate: (...path) => locate(document, path, yamlStart) ?? whole,
  };
}

/** The values as plain JSON, or what is wrong with them. */
function valuesOf(document: Document): Record<string, Json> | string {
  let values: unknown;
  try {
    values = JSON.parse(JSON.stringify(document.toJS({ maxAliasCount: 100 }) ?? {}));
  } catch (error) {
    return `The front matter cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
  if (!isRecord(values)) return 'The front matter is not a map of names and values.';
  return values as Record<string, Json>;
}

function locate(document: Document, path: readonly string[], offset: number) {
  let node: unknown = document.contents;
  let range: readonly number[] | null | undefined;
  for (const name of path) {
    const items = isMap(node) ? node.items : [];
    const pair = items.find(({ key }) => isScalar(key) && String(key.value) === name);
    if (!pair || !isScalar(pair.key)) break;
    range = pair.key.range;
    node = pair.value;
  }
  const [start, end] = range ?? [];
  if (start === undefined || end === undefined) return undefined;
  return { start: offset + start, end: offset + end };
}
