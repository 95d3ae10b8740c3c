import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { runProgram } from './program';

const folder = resolve('.cache/venv-sample');
const requirements = resolve('examples/support-agent/requirements.txt');
const python = join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');

/** A Python that has what the sample needs, or why there is none: only a missing Python or no way to PyPI. */
export async function sampleVenv(): Promise<{ python: string } | { skipped: string }> {
  const wanted = readFileSync(requirements, 'utf8');
  const stamp = join(folder, 'requirements.txt');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return { python };
  rmSync(folder, { recursive: true, force: true });
  const base = process.platform === 'win32' ? 'python' : 'python3';
  const made = await runProgram([base, '-m', 'venv', folder]).catch(() => undefined);
  if (made?.code !== 0) return { skipped: `no Python with venv: ${made?.stderr ?? base}` };
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--retries', '1'];
  const installed = await runProgram([python, ...pip, '-r', requirements]);
  if (installed.code === 0) {
    writeFileSync(stamp, wanted);
    return { python };
  }
  if (/connection|network|resolve|timed out|no matching distribution/i.test(installed.stderr)) {
    return { skipped: 'PyPI is not reached' };
  }
  throw new Error(installed.stderr);
}
