import { randomBytes } from 'node:crypto';
import { lstat, mkdir, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { errorCode, UserError } from '../base/errors';

/**
 * The files of `.glassbox/prompts`, reached only inside the workspace: a repository from
 * elsewhere may hold links, and nothing is read or written through one that leads out.
 */
export class PromptFolder {
  constructor(readonly workspace: string) {}

  get path(): string {
    return join(this.workspace, '.glassbox', 'prompts');
  }

  /** The text of a file of the folder; undefined where there is none. */
  async read(name: string): Promise<string | undefined> {
    const file = await this.resolve(name);
    if (file === undefined) return undefined;
    const { size } = await stat(file);
    if (size > maxBytes) throw new UserError(`${this.show(name)} is larger than 16 MB.`);
    return readFile(file, 'utf8');
  }

  /** Puts a text in place of a file at once: whoever reads finds the old one or the new one. */
  async write(name: string, text: string): Promise<void> {
    await this.create();
    const file = (await this.resolve(name)) ?? join(await realpath(this.path), name);
    const temporary = join(
      dirname(file),
      `.${basename(file)}.${randomBytes(6).toString('hex')}.tmp`,
    );
    // 'wx' follows no link that stands where the temporary file is to be.
    const handle = await open(temporary, 'wx');
    try {
      await handle.writeFile(text);
      await handle.sync();
      await handle.close();
      await replace(temporary, file);
    } catch (error) {
      await handle.close().catch(() => undefined);
      await rm(temporary, { force: true });
      throw error;
    }
  }

  async remove(name: string): Promise<void> {
    const file = await this.resolve(name);
    if (file !== undefined) await rm(file);
  }

  /** The folder, made where it is missing, with a `.gitignore` for what is nobody's to commit. */
  async create(): Promise<void> {
    await mkdirInside(this.workspace, ['.glassbox', 'prompts']);
    const ignore = join(this.workspace, '.glassbox', '.gitignore');
    const handle = await open(ignore, 'wx').catch(() => undefined);
    await handle?.writeFile('local/\n');
    await handle?.close();
  }

  /** The folder for locks, never in git. */
  async createLocal(): Promise<string> {
    await this.create();
    return mkdirInside(this.workspace, ['.glassbox', 'local']);
  }

  /** A name as a person finds it: from the workspace on. */
  show(name: string): string {
    return `.glassbox/prompts/${name}`;
  }

  /** The real path of a file that is there. */
  private async resolve(name: string): Promise<string | undefined> {
    const path = join(this.path, name);
    const real = await existing(path);
    if (real === undefined) {
      const isLink = await lstat(path).catch(() => undefined);
      if (isLink) throw new UserError(`${this.show(name)} is a link to nothing.`);
      return undefined;
    }
    await checkInside(this.workspace, real, this.show(name));
    if (!(await stat(real)).isFile()) throw new UserError(`${this.show(name)} is not a file.`);
    return real;
  }
}

const maxBytes = 16 * 1024 * 1024;

/** Makes folders one in the other, looking at each before it goes into it. */
async function mkdirInside(workspace: string, names: readonly string[]): Promise<string> {
  let path = await realpath(workspace);
  for (const name of names) {
    path = join(path, name);
    await mkdir(path).catch((error: unknown) => {
      if (errorCode(error) !== 'EEXIST') throw error;
    });
    path = await realpath(path);
    await checkInside(workspace, path, names.join('/'));
  }
  return path;
}

async function checkInside(workspace: string, real: string, shown: string): Promise<void> {
  const root = await realpath(workspace);
  if (real === root || real.startsWith(root.endsWith(sep) ? root : root + sep)) return;
  throw new UserError(`${shown} leads out of the workspace, to ${real}: it is left alone.`);
}

async function existing(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Windows refuses to replace a file while another program looks at it, for a moment. */
async function replace(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await rename(from, to);
    } catch (error) {
      if (attempt === 10 || !['EPERM', 'EBUSY', 'EACCES'].includes(errorCode(error) ?? ''))
        throw error;
      await new Promise((done) => setTimeout(done, 20 * attempt));
    }
  }
}

/**
 * Throws a `UserError` for a name that is not plainly the name of a file: a path, a hidden file,
 * a sign that file systems or `name@version` give a meaning.
 */
export function checkPromptName(name: string): void {
  const isPlain = /^[^\s./\\:*?"<>|@\p{Cc}][^/\\:*?"<>|@\p{Cc}]{0,99}$/u.test(name);
  const isReserved = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i.test(name);
  if (isPlain && !isReserved && !/[. ]$/.test(name)) return;
  throw new UserError(
    `'${name}' cannot be the name of a prompt: it is a file in .glassbox/prompts, so use a plain name such as 'orders'.`,
  );
}
