import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { takeLock } from '../../lock';

/**
 * The real packages in a virtual environment of their own, made when first asked for and anew
 * when the list of packages changes.
 */

const minutes = 10;

export interface Python {
  readonly executable: string;
  /** Set where the packages are missing: why. */
  readonly missing?: string;
}

/** The interpreter with the packages of a list beside this file, or why they are not there. */
export function pythonWithPackages(name: string): Python {
  const list = resolve('test/instrument/python', name);
  const folder = resolve('.cache', `venv-hook${/-\w+/.exec(name)?.[0] ?? ''}`);
  const done = join(folder, 'installed.txt');
  const executable = join(
    folder,
    process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python',
  );
  const installed = (): boolean =>
    existsSync(done) && readFileSync(done, 'utf8') === readFileSync(list, 'utf8');
  if (installed()) return { executable };
  try {
    const free = takeLock(`${folder}.lock`, minutes);
    try {
      if (installed()) return { executable };
      execFileSync('python3', ['-m', 'venv', folder], { stdio: 'pipe' });
      const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
      execFileSync(executable, [...pip, '-r', list], { stdio: 'pipe', timeout: minutes * 60_000 });
      writeFileSync(done, readFileSync(list));
      return { executable };
    } finally {
      free();
    }
  } catch (error) {
    const [reason] = String(error instanceof Error ? error.message : error).split('\n');
    return {
      executable: 'python3',
      missing: `the Python packages could not be installed: ${reason}`,
    };
  }
}
