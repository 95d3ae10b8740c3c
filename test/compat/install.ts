import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { runProgram } from '../examples/program';

/** Packages that are installed together, in a folder of their own under `.cache/compat`. */
export interface PackageSet {
  readonly name: string;
  readonly language: 'JavaScript' | 'Python';
  readonly packages: readonly string[];
}

export interface Installed {
  /** Where a program finds the packages. */
  readonly folder: string;
  readonly interpreter: string;
  readonly versions: ReadonlyMap<string, string>;
}

/** Installs what is not there yet; gives the reason where PyPI or Python is not there to do it. */
export async function install(set: PackageSet): Promise<Installed | { readonly skipped: string }> {
  const folder = resolve('.cache', 'compat', set.name);
  mkdirSync(folder, { recursive: true });
  return set.language === 'Python' ? installPython(set, folder) : installJavaScript(set, folder);
}

function installJavaScript(set: PackageSet, folder: string): Installed {
  const stamp = join(folder, 'installed.txt');
  const wanted = set.packages.join('\n');
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
    writeFileSync(join(folder, 'package.json'), '{"private":true}\n');
    const options = ['--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error'];
    execFileSync('npm', ['install', ...options, ...set.packages], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
      shell: process.platform === 'win32',
    });
    writeFileSync(stamp, wanted);
  }
  const versions = set.packages.map((specifier) => {
    const name = specifier.replace(/(?<=.)@.*$/, '');
    const file = join(folder, 'node_modules', name, 'package.json');
    return [name, (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version] as const;
  });
  return { folder, interpreter: process.execPath, versions: new Map(versions) };
}

async function installPython(set: PackageSet, folder: string) {
  const venv = join(folder, 'venv');
  const python = join(venv, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  const stamp = join(folder, 'installed.txt');
  const wanted = set.packages.join('\n');
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
    const skipped = await makeVenv(set, { venv, python });
    if (skipped !== undefined) return { skipped };
    writeFileSync(stamp, wanted);
  }
  const listed = await runProgram([python, '-m', 'pip', 'list', '--format=json']);
  const packages = JSON.parse(listed.stdout) as readonly { name: string; version: string }[];
  const versions = new Map(packages.map(({ name, version }) => [name.toLowerCase(), version]));
  return { folder, interpreter: python, versions };
}

async function makeVenv(
  { packages }: PackageSet,
  { venv, python }: { readonly venv: string; readonly python: string },
): Promise<string | undefined> {
  rmSync(venv, { recursive: true, force: true });
  const base = process.platform === 'win32' ? 'python' : 'python3';
  const made = await runProgram([base, '-m', 'venv', venv]).catch(() => undefined);
  if (made?.code !== 0) return `no Python with venv: ${made?.stderr ?? base}`;
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--retries', '1'];
  // Its resolver needs seconds where pip's needs minutes.
  const uv = ['-m', 'uv', 'pip', 'install', '--quiet', '--python', python];
  let { code, stderr } = await runProgram([python, ...pip, 'uv']);
  if (code === 0) ({ code, stderr } = await runProgram([python, ...uv, ...packages]));
  if (code === 0) return undefined;
  if (/connection|network|dns|timed out|no matching distribution/i.test(stderr)) {
    return 'PyPI is not reached';
  }
  throw new Error(stderr);
}
