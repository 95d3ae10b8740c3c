import { execFile } from 'node:child_process';

/** What is checked out in a folder. */
export interface Checkout {
  readonly commit: string;
  readonly dirty: boolean;
}

/** The commit a folder is at and whether tracked files differ from it; undefined outside git. */
export async function readCheckout(folder: string): Promise<Checkout | undefined> {
  const commit = await git(folder, ['rev-parse', 'HEAD']);
  if (commit === undefined) return undefined;
  const changes = await git(folder, ['status', '--porcelain', '--untracked-files=no']);
  return { commit: commit.trim(), dirty: changes !== undefined && changes.trim() !== '' };
}

/** The name that git would put under a commit in this folder; undefined where it has none. */
export async function readAuthor(folder: string): Promise<string | undefined> {
  const name = (await git(folder, ['config', 'user.name']))?.trim();
  return name === '' ? undefined : name;
}

/** Without optional locks, so that looking never disturbs a git command of the user's. */
function git(folder: string, args: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(
      'git',
      ['--no-optional-locks', '-C', folder, ...args],
      { timeout: 2000, windowsHide: true },
      (error, stdout) => resolve(error ? undefined : stdout),
    );
  });
}
