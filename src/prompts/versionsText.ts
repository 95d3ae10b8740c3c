import { toError } from '../base/errors';
import { isRecord, type Json } from '../model/value';
import { placeOf, type Problem } from './problem';
import { noVersions, readVersions, settled, type VersionsData } from './versions';

/** What the text of a versions file holds, also in the middle of a merge. */
export interface VersionsText {
  readonly data: VersionsData;
  readonly problems: readonly Problem[];
  /** The text is not ours to replace: writing would lose what it holds. */
  readonly broken: boolean;
  /** Labels that two branches moved to different versions; they must be moved again. */
  readonly disputed: readonly string[];
}

/**
 * Reads the text of a versions file. Where git has left conflict marks, both sides are read and
 * united: versions are facts that cannot contradict each other, only labels can. Never throws.
 */
export function readVersionsText(text: string): VersionsText {
  const sides = conflictSides(text);
  if (sides) return unite(text, sides);
  const parsed = parse(text);
  if ('problem' in parsed) {
    return { data: noVersions, problems: [parsed.problem], broken: true, disputed: [] };
  }
  return { data: parsed.data, problems: [], broken: false, disputed: [] };
}

/** The text of a versions file: as people and git like it. */
export function formatVersions({ version, labels, versions, ...other }: VersionsData): string {
  return `${JSON.stringify({ version, ...other, labels, versions }, undefined, 2)}\n`;
}

type Parsed = { readonly data: VersionsData } | { readonly problem: Problem };

function parse(text: string): Parsed {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    const reason = toError(error).message.replace(/,? (?:in JSON at position|\.{3}"|").*/s, '');
    return { problem: wrong(`The file is not JSON: ${reason}.`, jsonFaultAt(text)) };
  }
  if (!isRecord(value)) return { problem: wrong('The file is not a JSON object.', 0) };
  const { version = 1, labels = {}, versions = [], ...other } = value as Record<string, Json>;
  if (version !== 1) {
    return { problem: wrong('The file was written by a later release of Glassbox.', 0) };
  }
  if (!isRecord(labels)) return { problem: wrong(`'labels' is not a map.`, 0) };
  if (!Array.isArray(versions)) return { problem: wrong(`'versions' is not a list.`, 0) };
  return {
    data: {
      ...{ ...other, version, versions: versions as Json[] },
      labels: labels,
    },
  };
}

/**
 * Where a text stops being JSON: V8 does not always say. Up to there a beginning of the text is
 * only incomplete, behind it wrong.
 */
function jsonFaultAt(text: string): number {
  let [sound, faulty] = [0, text.length + 1];
  while (faulty - sound > 1) {
    const middle = (sound + faulty) >> 1;
    if (isIncomplete(text.slice(0, middle))) sound = middle;
    else faulty = middle;
  }
  return sound;
}

function isIncomplete(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    const { message } = toError(error);
    const position = /at position (\d+)/.exec(message)?.[1];
    return position === undefined
      ? message.includes('end of JSON')
      : Number(position) >= text.length;
  }
}

function wrong(message: string, start: number): Problem {
  return { severity: 'error', message, start, end: start + 1 };
}

interface Sides {
  readonly ours: string;
  readonly theirs: string;
  /** Offset of the first mark. */
  readonly start: number;
}

/** The file as each of two branches had it; undefined where there are no conflict marks. */
function conflictSides(text: string): Sides | undefined {
  const start = /^<{7} /m.exec(text)?.index;
  if (start === undefined) return undefined;
  const sides = { ours: '', theirs: '' };
  let side: 'ours' | 'base' | 'theirs' | undefined;
  for (const line of text.split(/(?<=\n)/)) {
    if (line.startsWith('<<<<<<< ')) side = 'ours';
    else if (line.startsWith('||||||| ')) side = 'base';
    else if (/^={7}\r?\n/.test(line)) side = 'theirs';
    else if (line.startsWith('>>>>>>> ')) side = undefined;
    else {
      if (side === undefined || side === 'ours') sides.ours += line;
      if (side === undefined || side === 'theirs') sides.theirs += line;
    }
  }
  return { ...sides, start };
}

function unite(text: string, { ours, theirs, start }: Sides): VersionsText {
  const [mine, other] = [parse(ours), parse(theirs)];
  if ('problem' in mine || 'problem' in other) {
    const { line } = placeOf(text, start);
    const message = `The file has merge conflicts from line ${line} on that cannot be read: settle them by hand.`;
    return { data: noVersions, problems: [wrong(message, start)], broken: true, disputed: [] };
  }
  const data: VersionsData = settled({
    ...other.data,
    ...mine.data,
    labels: { ...other.data.labels, ...mine.data.labels },
    versions: [...mine.data.versions, ...other.data.versions],
  });
  const disputed = Object.entries(other.data.labels)
    .filter(([label, hash]) => (mine.data.labels[label] ?? hash) !== hash)
    .map(([label]) => label);
  const { versions } = readVersions(data);
  const named = (hash: Json | undefined): string =>
    `version ${versions.find((one) => one.hash === hash)?.number ?? 'of nobody'}`;
  const problems = disputed.map((label) => {
    const [here, there] = [mine.data.labels[label], other.data.labels[label]].map(named);
    return wrong(
      `Two branches moved the label '${label}': to ${here} and to ${there}. Move it again.`,
      start,
    );
  });
  const united =
    'The file has merge conflicts; both sides are read together, and saving settles it.';
  return {
    data,
    problems: [{ ...wrong(united, start), severity: 'warning' }, ...problems],
    ...{ broken: false, disputed },
  };
}
