import { randomBytes } from 'node:crypto';
import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import { errorCode, UserError } from '../base/errors';

/**
 * Lets one process at a time change a file: two windows, or a window and a command line. The lock
 * is a file that only one can create. Who holds it needs milliseconds, so one that is seconds old
 * was left by a process that died, and is taken away.
 */
export interface LockTimes {
  readonly staleMs: number;
  readonly waitMs: number;
}

const usual: LockTimes = { staleMs: 10_000, waitMs: 15_000 };

/** Runs the work while holding the lock; rejects with a `UserError` when it stays taken. */
export async function withLock<T>(
  file: string,
  work: () => Promise<T>,
  times: LockTimes = usual,
): Promise<T> {
  const mark = randomBytes(8).toString('hex');
  const deadline = Date.now() + times.waitMs;
  while (!(await take(file, mark))) {
    await removeStale(file, times.staleMs);
    if (Date.now() > deadline) {
      throw new UserError(`another program holds ${file}; if none is running, delete that file.`);
    }
    await new Promise((done) => setTimeout(done, 10 + Math.random() * 20));
  }
  try {
    return await work();
  } finally {
    if ((await contentOf(file)) === mark) await rm(file, { force: true });
  }
}

async function take(file: string, mark: string): Promise<boolean> {
  try {
    const handle = await open(file, 'wx');
    await handle.writeFile(mark);
    await handle.close();
    return true;
  } catch (error) {
    // EPERM: Windows, while the file is on its way out.
    if (['EEXIST', 'EPERM'].includes(errorCode(error) ?? '')) return false;
    throw error;
  }
}

/** Moves it away first: of several who find it stale, one gets it, and a new lock is put back. */
async function removeStale(file: string, staleMs: number): Promise<void> {
  const age = async (path: string) => Date.now() - (await stat(path)).mtimeMs;
  try {
    if ((await age(file)) < staleMs) return;
    const aside = `${file}.${randomBytes(6).toString('hex')}`;
    await rename(file, aside);
    if ((await age(aside)) < staleMs) await rename(aside, file);
    else await rm(aside, { force: true });
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}

async function contentOf(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(() => undefined);
}
