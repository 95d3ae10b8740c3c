import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { takeLock } from '../lock';
import { runProgram } from './program';

const folder = resolve('.cache/venv-sample');
const requirements = resolve('examples/support-agent/requirements.txt');
const python = join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');

/** A Python that has what the sample needs, or why there is none: only a missing Python or no way to PyPI. */
export async function sampleVenv(): Promise<{ python: string } | { skipped: string }> {
  if (isInstalled()) return { python };
  const free = takeLock(`${folder}.lock`);
  try {
    return isInstalled() ? { python } : await install();
  } finally {
    free();
  }
}

const stamp = join(folder, 'requirements.txt');

function isInstalled(): boolean {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === readFileSync(requirements, 'utf8');
}

async function install(): Promise<{ python: string } | { skipped: string }> {
  rmSync(folder, { recursive: true, force: true });
  const base = process.platform === 'win32' ? 'python' : 'python3';
  const made = await runProgram([base, '-m', 'venv', folder]).catch(() => undefined);
  if (made?.code !== 0) return { skipped: `no Python with venv: ${made?.stderr ?? base}` };
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--retries', '1'];
  const installed = await runProgram([python, ...pip, '-r', requirements]);
  if (installed.code === 0) {
    writeFileSync(stamp, readFileSync(requirements));
    return { python };
  }
  if (/connection|network|resolve|timed out|no matching distribution/i.test(installed.stderr)) {
    return { skipped: 'PyPI is not reached' };
  }
  throw new Error(installed.stderr);
}
