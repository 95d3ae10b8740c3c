import { isRecord, type Json } from '../model/value';
import { hashJson } from './canonical';

/** A dataset is a JSONL file, a case a line, so that git merges and shows it case by case. */

export interface Case {
  /** Unique in its dataset; where the line has none, the hash of `input`. */
  readonly id: string;
  readonly input: Json;
  readonly expected?: Json;
  readonly metadata?: Readonly<Record<string, Json>>;
  readonly tags: readonly string[];
  /** The observation it was made from. */
  readonly source?: CaseSource;
}

export interface CaseSource {
  readonly traceId: string;
  readonly spanId?: string;
}

/** A case where it stands in the file; lines count from 1. */
export interface PlacedCase extends Case {
  readonly line: number;
}

export interface LineProblem {
  readonly line: number;
  readonly message: string;
}

export interface Dataset {
  readonly cases: readonly PlacedCase[];
  /** The lines that are no cases, and why. */
  readonly problems: readonly LineProblem[];
}

/** Reads the text of a dataset; lines that are right are kept whatever the others are. */
export function parseDataset(text: string): Dataset {
  const cases: PlacedCase[] = [];
  const problems: LineProblem[] = [];
  const lineOfId = new Map<string, number>();
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  for (const [index, content] of lines.entries()) {
    if (content.trim() === '') continue;
    const line = index + 1;
    const read = parseCase(content);
    if (typeof read === 'string') {
      problems.push({ line, message: read });
      continue;
    }
    const before = lineOfId.get(read.id);
    if (before !== undefined) {
      const message = `The id '${read.id}' is already that of line ${before}.`;
      problems.push({ line, message });
      continue;
    }
    lineOfId.set(read.id, line);
    cases.push({ ...read, line });
  }
  return { cases, problems };
}

/** The case on a line, or what is wrong with it. */
function parseCase(line: string): Case | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    return `The line is not JSON: ${error instanceof Error ? error.message : String(error)}`;
  }
  if (!isRecord(value)) return 'The line is not a JSON object.';
  const problem = problemOf(value);
  if (problem !== undefined) return problem;
  const { id, input, expected, metadata, tags, source } = value as unknown as Partial<Case> & {
    readonly input: Json;
  };
  return compactCase({
    ...{ id: id ?? hashJson(input), input, expected, metadata, tags: tags ?? [] },
    ...{ source },
  });
}

function problemOf({ id, input, metadata, tags, source }: Record<string, unknown>) {
  if (input === undefined) return "The case has no 'input'.";
  if (id !== undefined && (typeof id !== 'string' || id === '')) return "'id' is not a text.";
  if (metadata !== undefined && !isRecord(metadata)) return "'metadata' is not an object.";
  if (tags !== undefined && !(Array.isArray(tags) && tags.every((tag) => typeof tag === 'string')))
    return "'tags' is not a list of texts.";
  if (source === undefined) return undefined;
  if (!isRecord(source) || typeof source.traceId !== 'string') return "'source' names no traceId.";
  return source.spanId === undefined || typeof source.spanId === 'string'
    ? undefined
    : "'source.spanId' is not a text.";
}

/** Without the keys that say nothing, in the order they are written. */
function compactCase({ id, input, expected, metadata, tags, source }: Case): Case {
  return {
    ...{ id, input },
    ...(expected !== undefined && { expected }),
    ...(metadata !== undefined && { metadata }),
    tags,
    ...(source !== undefined && { source }),
  };
}

/** A case as its line in the file, without the line's end. */
export function formatCase(one: Case): string {
  const { tags, source, ...rest } = compactCase(one);
  return JSON.stringify({ ...rest, ...(tags.length > 0 && { tags }), source });
}

/** A dataset's text with a case added at its end; every line ends in a line feed. */
export function appendCase(text: string, added: Case): string {
  const before = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  return `${before}${formatCase(added)}\n`;
}

/** Names what is asked and wanted: results of cases with equal hashes can be compared. */
export function hashCase({ input, expected }: Pick<Case, 'input' | 'expected'>): string {
  return hashJson(expected === undefined ? [input] : [input, expected]);
}

/** Names a dataset by its cases, in whichever order they stand. */
export function hashDataset(cases: readonly Case[]): string {
  return hashJson(cases.map((one) => `${one.id} ${hashCase(one)}`).sort());
}
