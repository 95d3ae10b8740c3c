import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { cache, root, runNpm } from './setup.mjs';

const left = new Set(['node_modules', '.venv', '__pycache__', 'local']);

/**
 * Copies the sample workspace out of the repository, so that running it leaves no trace there,
 * and installs its packages. What an earlier run left in the copy stays.
 *
 * @returns {Promise<string>} the folder
 */
export async function copySample() {
  const folder = join(cache, 'sample', 'support-agent');
  await mkdir(folder, { recursive: true });
  const source = join(root, 'examples', 'support-agent');
  await cp(source, folder, { recursive: true, filter: (path) => !left.has(basename(path)) });
  if (!hasPackages(folder)) {
    console.log(`Installing the packages of the sample in ${folder}`);
    runNpm(['install', '--no-audit', '--no-fund', '--no-package-lock', '--prefer-offline'], folder);
  }
  return folder;
}

function hasPackages(folder) {
  const { dependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return Object.keys(dependencies).every((name) => existsSync(join(folder, 'node_modules', name)));
}
