import { readdir } from 'node:fs/promises';
import { errorCode, UserError } from '../base/errors';
import type { Message } from '../model/observation';
import type { Json } from '../model/value';
import { checkPromptName, PromptFolder } from './folder';
import { hashOfPrompt, withTurnsFile, type PromptContent } from './hash';
import { describeProblem } from './problem';
import { parsePrompt, turnsKey, type PromptFile } from './promptFile';
import { renderPrompt, type Rendering } from './render';
import { formatTurns, parseTurns, turnsOf } from './turns';
import {
  checkLabel,
  findVersion,
  nextVersion,
  withLabel,
  withoutLabel,
  withVersion,
  type PromptVersion,
  type Versions,
} from './versions';
import { VersionsFile } from './versionsFile';

export interface RegistryOptions {
  /** The folder that holds `.glassbox`. */
  readonly workspace: string;
  /** Whom versions are by; undefined where that is not known. */
  readonly author: () => Promise<string | undefined>;
  /** Microseconds since 1970. */
  readonly now: () => number;
}

/** The file that a person edits, and what is wrong with the turns it names. */
export interface WorkingCopy extends PromptContent {
  readonly hash: string;
  readonly problems: readonly string[];
}

export interface Saved {
  readonly version: PromptVersion;
  /** False where there was a version with this content already. */
  readonly created: boolean;
}

/** A prompt of the workspace: its working copy and its versions. */
export interface PromptEntry {
  readonly name: string;
  /** Absent where only versions are there. */
  readonly workingCopy?: WorkingCopy;
  /** The version that the working copy is the same as. */
  readonly saved?: PromptVersion;
  readonly versions: Versions;
}

/** A prompt as it is shown: one version, or the working copy where `version` is absent. */
export interface ShownPrompt extends PromptContent {
  readonly name: string;
  readonly hash: string;
  readonly version?: PromptVersion;
  readonly labels: readonly string[];
  readonly file: PromptFile;
  readonly messages: readonly Message[];
  readonly problems: readonly string[];
}

/**
 * The prompts of a workspace and their versions, all in `.glassbox/prompts`. Looking never fails
 * over the content of a file; what cannot be done rejects with a `UserError`.
 */
export class PromptRegistry {
  private readonly folder: PromptFolder;

  constructor(private readonly options: RegistryOptions) {
    this.folder = new PromptFolder(options.workspace);
  }

  /** All prompts by name, those of which only versions are left too. */
  async list(): Promise<PromptEntry[]> {
    const entries: PromptEntry[] = [];
    for (const name of await this.names()) entries.push(await this.entry(name));
    return entries;
  }

  async entry(name: string): Promise<PromptEntry> {
    checkPromptName(name);
    const versions = await this.versionsFile(name).read();
    const workingCopy = await this.workingCopy(name);
    const saved = versions.versions.find(({ hash }) => hash === workingCopy?.hash);
    return { name, versions, workingCopy, saved };
  }

  /**
   * The version a selector means (see `findVersion`); without one the working copy, and the
   * latest version where there is no working copy.
   */
  async show(name: string, selector?: string): Promise<ShownPrompt> {
    const entry = await this.entry(name);
    const { versions, workingCopy, saved } = entry;
    if (!workingCopy && versions.versions.length === 0) throw await this.unknown(name, versions);
    const asked = selector ?? (workingCopy ? undefined : 'latest');
    const version = asked === undefined ? saved : findVersion(name, versions, asked);
    const shown = asked === undefined ? workingCopy : version;
    if (!shown) throw await this.unknown(name, versions);
    const { content, turns, hash } = shown;
    const read = turnsOf(turns ?? []);
    return {
      ...{ name, content, turns, hash, version, file: parsePrompt(content) },
      labels: version ? labelsOf(versions, version) : [],
      messages: read.messages,
      problems: [
        ...versions.problems,
        ...(asked === undefined && workingCopy ? workingCopy.problems : read.problems),
      ],
    };
  }

  /** The prompt with its variables filled in. */
  async render(shown: ShownPrompt, variables: Readonly<Record<string, Json>>): Promise<Rendering> {
    const { prompt, problems } = await renderPrompt(shown.file, {
      variables,
      turns: shown.messages,
    });
    return { prompt, problems: [...shown.problems, ...problems] };
  }

  /** Makes a version of the working copy; gives the old one where it is the same as that. */
  async save(name: string, note?: string): Promise<Saved> {
    checkPromptName(name);
    const content = await this.workingCopy(name);
    if (!content) throw await this.unknown(name);
    const file = this.folder.show(`${name}.prompt`);
    const wrong = parsePrompt(content.content)
      .problems.filter(({ severity }) => severity === 'error')
      .map((problem) => describeProblem(file, content.content, problem));
    const problems = [...wrong, ...content.problems];
    if (problems.length > 0) throw new UserError(problems.join('\n'));
    return this.saveContent(name, content, note);
  }

  /** Makes a version of any content, that of a playground for instance. */
  async saveContent(
    name: string,
    { content, turns }: PromptContent,
    note?: string,
  ): Promise<Saved> {
    checkPromptName(name);
    const author = await this.options.author();
    return this.versionsFile(name).change<Saved>((data, versions) => {
      const time = this.options.now();
      const made = nextVersion(versions, { content, turns, time, author, note });
      const before = versions.versions.find(({ hash }) => hash === made.hash);
      if (before) return { data, result: { version: before, created: false } };
      return { data: withVersion(data, made), result: { version: made, created: true } };
    });
  }

  /** Moves a label to a version; gives the version, and the one that had the label before. */
  async label(
    name: string,
    selector: string,
    label: string,
  ): Promise<{ version: PromptVersion; before?: PromptVersion }> {
    checkPromptName(name);
    checkLabel(label);
    await this.mustHaveVersions(name);
    return this.versionsFile(name).change(
      (data, versions) => {
        const version = findVersion(name, versions, selector);
        const before = versions.labels.get(label);
        return { data: withLabel(data, label, version.hash), result: { version, before } };
      },
      [label],
    );
  }

  async removeLabel(name: string, label: string): Promise<void> {
    checkPromptName(name);
    await this.mustHaveVersions(name);
    await this.versionsFile(name).change(
      (data) => ({ data: withoutLabel(data, label), result: undefined }),
      [label],
    );
  }

  /**
   * Makes a version the working copy again. Rejects where the working copy is no version, so that
   * what was written there would be gone, unless told to overwrite it.
   */
  async restore(name: string, selector: string, overwrite = false): Promise<PromptVersion> {
    const { versions, workingCopy, saved } = await this.entry(name);
    const version = findVersion(name, versions, selector);
    if (workingCopy && !saved && !overwrite) {
      throw new UserError(`the working copy of '${name}' is not saved as a version yet.`);
    }
    await this.writeWorkingCopy(name, version);
    return version;
  }

  /** Puts content into the working copy. */
  async writeWorkingCopy(name: string, { content, turns }: PromptContent): Promise<void> {
    checkPromptName(name);
    const turnsFile = `${name}.messages.json`;
    if (turns) await this.folder.write(turnsFile, formatTurns(turnsOf(turns).messages));
    await this.folder.write(`${name}.prompt`, turns ? withTurnsFile(content, turnsFile) : content);
  }

  /** Gives a prompt another name, its versions and labels with it. */
  async rename(name: string, to: string): Promise<void> {
    checkPromptName(to);
    const entry = await this.entry(name);
    const taken = await this.entry(to);
    if (taken.workingCopy || taken.versions.versions.length > 0) {
      throw new UserError(`there is a prompt '${to}' already.`);
    }
    if (!entry.workingCopy && entry.versions.versions.length === 0) throw await this.unknown(name);
    const kept = await this.folder.read(`${name}.versions.json`);
    if (kept !== undefined) await this.folder.write(`${to}.versions.json`, kept);
    if (entry.workingCopy) await this.writeWorkingCopy(to, entry.workingCopy);
    for (const ending of ['prompt', 'messages.json', 'versions.json']) {
      await this.folder.remove(`${name}.${ending}`);
    }
  }

  /** Two versions, or a version and the working copy (undefined), as texts to compare. */
  async diff(name: string, before: string | undefined, after: string | undefined) {
    const [from, to] = [await this.show(name, before), await this.show(name, after)];
    return { before: textOf(from), after: textOf(to) };
  }

  private async names(): Promise<string[]> {
    let files: string[];
    try {
      files = await readdir(this.folder.path);
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return [];
      throw error;
    }
    const names = files.flatMap(
      (file) => /^(.+?)\.(?:prompt|versions\.json)$/.exec(file)?.[1] ?? [],
    );
    return [...new Set(names)].filter(isPromptName).sort();
  }

  /** The `.prompt` file and the turns it names; undefined where there is no file. */
  private async workingCopy(name: string): Promise<WorkingCopy | undefined> {
    const content = await this.folder.read(`${name}.prompt`);
    if (content === undefined) return undefined;
    const { turnsFile } = parsePrompt(content);
    const { turns, problems } = await this.turns(turnsFile);
    return { content, turns, problems, hash: hashOfPrompt({ content, turns }) };
  }

  private async turns(file: string | undefined) {
    if (file === undefined) return { turns: undefined, problems: [] };
    const wrong = (problem: string) => ({ turns: [], problems: [problem] });
    if (!/^[^/\\]+\.messages\.json$/.test(file)) {
      return wrong(
        `'${turnsKey}' names '${file}': it must be a file beside the prompt, ending in .messages.json.`,
      );
    }
    const text = await this.folder.read(file);
    if (text === undefined) return wrong(`${this.folder.show(file)} is not there.`);
    const { messages, problems } = parseTurns(text);
    return {
      turns: messages as unknown as readonly Json[],
      problems: problems.map((problem) => `${this.folder.show(file)}: ${problem}`),
    };
  }

  private versionsFile(name: string): VersionsFile {
    return new VersionsFile(this.folder, name);
  }

  private async mustHaveVersions(name: string): Promise<void> {
    if ((await this.folder.read(`${name}.versions.json`)) !== undefined) return;
    const { workingCopy, versions } = await this.entry(name);
    if (!workingCopy) throw await this.unknown(name, versions);
    throw new UserError(
      `the prompt '${name}' has no versions yet: 'glassbox prompt save ${name}' makes one.`,
    );
  }

  /** Why a prompt cannot be shown: its versions cannot be read, or nobody has written it. */
  private async unknown(name: string, versions?: Versions): Promise<UserError> {
    if (versions && versions.problems.length > 0)
      return new UserError(versions.problems.join('\n'));
    const names = await this.names();
    const known = names.length === 0 ? 'there are none yet' : `there are ${names.join(', ')}`;
    return new UserError(`there is no prompt '${name}' in ${this.folder.show('')} (${known}).`);
  }
}

/** The labels on a version, `latest` where it is that. */
export function labelsOf({ labels, latest }: Versions, { hash }: PromptVersion): string[] {
  const own = [...labels].filter(([, version]) => version.hash === hash).map(([label]) => label);
  return latest?.hash === hash ? [...own, 'latest'] : own;
}

/** A prompt as one text: its file, and its turns below where it has some. */
export function textOf({ content, turns }: PromptContent): string {
  return turns === undefined
    ? content
    : `${content.trimEnd()}\n\n${JSON.stringify(turns, undefined, 2)}\n`;
}

function isPromptName(name: string): boolean {
  try {
    checkPromptName(name);
    return true;
  } catch {
    return false;
  }
}
