import { Low, type Adapter } from 'lowdb';
import { join } from 'node:path';
import { UserError } from '../base/errors';
import type { PromptFolder } from './folder';
import { withLock } from './lock';
import { describeProblem } from './problem';
import { noVersions, readVersions, settled, type Versions, type VersionsData } from './versions';
import { formatVersions, readVersionsText, type VersionsText } from './versionsText';

/** `<name>.versions.json`, read and changed through `lowdb`. */
export class VersionsFile {
  readonly fileName: string;

  constructor(
    private readonly folder: PromptFolder,
    private readonly name: string,
  ) {
    this.fileName = `${name}.versions.json`;
  }

  /** What the file holds; what is wrong with it stands among the problems, with its place. */
  async read(): Promise<Versions> {
    const text = (await this.folder.read(this.fileName)) ?? formatVersions(noVersions);
    const { data, problems } = readVersionsText(text);
    const read = readVersions(data);
    const shown = problems.map((one) =>
      describeProblem(this.folder.show(this.fileName), text, one),
    );
    return { ...read, problems: [...shown, ...read.problems] };
  }

  /**
   * Changes the file as it is at this moment, not as it was when somebody last looked. Rejects
   * with a `UserError` and leaves the file alone where it cannot be read, or where labels are
   * disputed that this change does not move.
   */
  async change<T>(
    change: (data: VersionsData, versions: Versions) => { data: VersionsData; result: T },
    moves: readonly string[] = [],
  ): Promise<T> {
    const lock = join(await this.folder.createLocal(), `${this.name}.versions.lock`);
    return withLock(lock, async () => {
      const adapter = new FolderAdapter(this.folder, this.fileName);
      const file = new Low<VersionsData>(adapter, noVersions);
      await file.read();
      this.check(adapter, moves);
      const before = settled(file.data);
      const { data, result } = change(before, readVersions(before));
      if (formatVersions(data) !== adapter.last?.text) {
        file.data = data;
        await file.write();
      }
      return result;
    });
  }

  private check({ last }: FolderAdapter, moves: readonly string[]): void {
    if (!last) return;
    const { text, read } = last;
    const disputed = read.disputed.filter((label) => !moves.includes(label));
    if (!read.broken && disputed.length === 0) return;
    const shown = read.problems
      .filter(({ severity }) => severity === 'error')
      .map((one) => describeProblem(this.folder.show(this.fileName), text, one));
    throw new UserError(`${shown.join('\n')}\nNothing was written.`);
  }
}

class FolderAdapter implements Adapter<VersionsData> {
  last: { readonly text: string; readonly read: VersionsText } | undefined;

  constructor(
    private readonly folder: PromptFolder,
    private readonly fileName: string,
  ) {}

  async read(): Promise<VersionsData | null> {
    const text = await this.folder.read(this.fileName);
    if (text === undefined) return null;
    this.last = { text, read: readVersionsText(text) };
    return this.last.read.data;
  }

  async write(data: VersionsData): Promise<void> {
    await this.folder.write(this.fileName, formatVersions(data));
  }
}
