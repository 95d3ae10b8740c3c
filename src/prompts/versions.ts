import { UserError } from '../base/errors';
import { isRecord, type Json } from '../model/value';
import { hashOfPrompt, type PromptContent } from './hash';
import { parsePrompt } from './promptFile';
import type { TemplateMessage } from './template';

/**
 * The versions of a prompt and the labels on them, as `<name>.versions.json` holds them. A
 * version never changes; its identity is the hash of its content, its number only a name for
 * people. Files of two branches come together in any order, so reading puts numbers right.
 */

export interface PromptVersion extends PromptContent {
  readonly hash: string;
  /** From 1 up. */
  readonly number: number;
  /** Microseconds since 1970. */
  readonly time: number;
  readonly author?: string;
  readonly note?: string;
  /** The messages with their variables still open, for programs that only want the text. */
  readonly messages?: readonly TemplateMessage[];
}

/** The file as it is kept: what this program does not know stays in it. */
export interface VersionsData {
  readonly version: 1;
  /** Label → hash. */
  readonly labels: Readonly<Record<string, Json>>;
  readonly versions: readonly Json[];
  readonly [other: string]: Json;
}

export interface Versions {
  /** By number. */
  readonly versions: readonly PromptVersion[];
  /** Label → version; `latest` is not among them. */
  readonly labels: ReadonlyMap<string, PromptVersion>;
  /** The version with the highest number. */
  readonly latest?: PromptVersion;
  /** What is not as it was written: a sentence each. */
  readonly problems: readonly string[];
}

export const noVersions: VersionsData = { version: 1, labels: {}, versions: [] };

/** Reads the data of a versions file. Never throws: entries that make no sense are reported. */
export function readVersions(data: VersionsData): Versions {
  const problems: string[] = [];
  const entries = data.versions.flatMap((entry, index) => {
    const version = versionOf(entry);
    if (!version) problems.push(`versions[${index}] has no hash, content and time.`);
    return version ?? [];
  });
  for (const { number, hash, content, turns } of entries) {
    if (hashOfPrompt({ content, turns }) === hash) continue;
    problems.push(`Version ${number} was edited: its content no longer has the hash it names.`);
  }
  const versions = numbered(united(entries), problems);
  const labels = new Map<string, PromptVersion>();
  for (const [label, hash] of Object.entries(data.labels)) {
    const version = versions.find((one) => one.hash === hash);
    if (version) labels.set(label, version);
    else problems.push(`The label '${label}' is on a version that is not there.`);
  }
  return { versions, labels, latest: versions.at(-1), problems };
}

function versionOf(entry: Json): PromptVersion | undefined {
  if (!isRecord(entry)) return undefined;
  const { hash, number, content, turns, time, author, note, messages } = entry;
  const at = typeof time === 'string' ? Date.parse(time) : NaN;
  if (typeof hash !== 'string' || typeof content !== 'string' || Number.isNaN(at)) return undefined;
  return {
    ...{ hash, content, time: at * 1000 },
    number: typeof number === 'number' && Number.isInteger(number) && number > 0 ? number : 0,
    ...(Array.isArray(turns) && { turns: turns as Json[] }),
    ...(typeof author === 'string' && { author }),
    ...(typeof note === 'string' && { note }),
    ...(Array.isArray(messages) && { messages: messages as TemplateMessage[] }),
  };
}

/** Each hash once, the earliest, with the notes of all. */
function united(entries: readonly PromptVersion[]): PromptVersion[] {
  const byHash = new Map<string, PromptVersion>();
  for (const version of entries.toSorted(byTime)) {
    // What was edited by hand is not the version whose hash it names.
    const key = version.hash + hashOfPrompt(version);
    const before = byHash.get(key);
    if (!before) byHash.set(key, version);
    else byHash.set(key, { ...before, note: joinedNotes(before.note, version.note) });
  }
  return [...byHash.values()];
}

function joinedNotes(first: string | undefined, second: string | undefined): string | undefined {
  if (first === undefined || second === undefined) return first ?? second;
  return first.includes(second) ? first : `${first}; ${second}`;
}

/** Of versions with one number the earliest keeps it; the later ones get the next free numbers. */
function numbered(versions: readonly PromptVersion[], problems: string[]): PromptVersion[] {
  const taken = new Map<number, PromptVersion>();
  const waiting: PromptVersion[] = [];
  for (const version of versions.toSorted(byTime)) {
    if (version.number === 0 || taken.has(version.number)) waiting.push(version);
    else taken.set(version.number, version);
  }
  let next = Math.max(0, ...taken.keys()) + 1;
  for (const version of waiting) {
    const was =
      version.number === 0 ? 'A version without a number' : `A second version ${version.number}`;
    problems.push(`${was} (${version.hash.slice(0, 8)}) is now version ${next}.`);
    taken.set(next, { ...version, number: next });
    next++;
  }
  return [...taken.values()].sort((a, b) => a.number - b.number);
}

function byTime(a: PromptVersion, b: PromptVersion): number {
  return a.time - b.time || a.number - b.number || (a.hash < b.hash ? -1 : 1);
}

/** Data with the version at the end of the list. */
export function withVersion(data: VersionsData, version: PromptVersion): VersionsData {
  return { ...data, versions: [...data.versions, entryOf(version)] };
}

/** Data with the label on the version, wherever it was before. */
export function withLabel(data: VersionsData, label: string, hash: string): VersionsData {
  return { ...data, labels: { ...data.labels, [label]: hash } };
}

export function withoutLabel(data: VersionsData, label: string): VersionsData {
  const labels = Object.entries(data.labels).filter(([name]) => name !== label);
  return { ...data, labels: Object.fromEntries(labels) };
}

/** Data with the numbers that reading gave, each version once; entries nobody understood stay. */
export function settled(data: VersionsData): VersionsData {
  const { versions } = readVersions(data);
  const strange = data.versions.filter((entry) => versionOf(entry) === undefined);
  const entries = versions.map((version): Json => {
    const raw = data.versions.filter(isMap).find((entry) => isSame(entry, version));
    return { ...raw, ...entryOf(version) };
  });
  return { ...data, versions: [...entries, ...strange] };
}

function isMap(entry: Json): entry is Readonly<Record<string, Json>> {
  return isRecord(entry);
}

function isSame(entry: Readonly<Record<string, Json>>, version: PromptVersion): boolean {
  return entry.hash === version.hash && entry.content === version.content;
}

function entryOf({ number, hash, time, ...rest }: PromptVersion): Record<string, Json> {
  const { author, note, content, turns, messages } = rest;
  return {
    ...{ number, hash, time: new Date(time / 1000).toISOString() },
    ...(author !== undefined && { author }),
    ...(note !== undefined && { note }),
    content,
    ...(turns !== undefined && { turns }),
    ...(messages !== undefined && { messages: messages.map(({ role, text }) => ({ role, text })) }),
  };
}

export interface NewVersion extends PromptContent {
  /** Microseconds since 1970. */
  readonly time: number;
  readonly author?: string;
  readonly note?: string;
}

/** The version that new content makes, numbered after those that are there. */
export function nextVersion({ latest }: Versions, made: NewVersion): PromptVersion {
  const { messages } = parsePrompt(made.content);
  return { ...made, hash: hashOfPrompt(made), number: (latest?.number ?? 0) + 1, messages };
}

/**
 * The version that a person means by a number, a label, `latest`, or the first seven or more
 * characters of its hash. Throws a `UserError` that names what there is.
 */
export function findVersion(name: string, versions: Versions, selector: string): PromptVersion {
  const { labels, latest, versions: all } = versions;
  const found =
    labels.get(selector) ??
    (selector === 'latest' ? latest : undefined) ??
    all.find(({ number }) => String(number) === selector) ??
    (/^[0-9a-f]{7,64}$/.test(selector)
      ? all.find(({ hash }) => hash.startsWith(selector))
      : undefined);
  if (found) return found;
  const known = [...labels.keys(), ...(latest ? ['latest', `1 to ${latest.number}`] : [])];
  throw new UserError(
    known.length === 0
      ? `the prompt '${name}' has no versions yet: 'glassbox prompt save ${name}' makes one.`
      : `the prompt '${name}' has no version or label '${selector}'; it has ${known.join(', ')}.`,
  );
}

/** Throws a `UserError` for what cannot be a label: numbers, `latest`, spaces and signs. */
export function checkLabel(label: string): void {
  if (/^[\p{L}\p{N}_][\p{L}\p{N}_.-]{0,63}$/u.test(label) && !/^\d+$/.test(label)) {
    if (label !== 'latest') return;
    throw new UserError(`'latest' is always the highest version; it cannot be moved.`);
  }
  throw new UserError(
    `'${label}' cannot be a label: use letters, digits, '-', '_' and '.', and not digits alone.`,
  );
}
