// `npm run package`: one VSIX for every platform. Prints what is in it, and fails where it is too
// big or holds a native module.
//
//     node scripts/package.mjs [--built]     --built leaves out the build
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { cp, mkdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { run } from './processes.mjs';
import { cache, ownEnvironment, root, setUp, vsixFile } from './setup.mjs';

const largest = 1_500_000;
const stage = join(cache, 'package');
const vsce = join(root, 'node_modules', '@vscode', 'vsce', 'vsce');

await setUp();
const env = ownEnvironment();
if (!process.argv.includes('--built')) {
  const code = await run(process.execPath, ['scripts/npmRun.mjs', 'build'], { cwd: root, env });
  if (code !== 0) process.exit(code);
}
await copyToStage();
const vsix = vsixFile();
const code = await run(
  process.execPath,
  [
    ...[vsce, 'package', '--no-dependencies', '--out', vsix],
    ...['--allow-missing-repository', '--no-rewrite-relative-links'],
  ],
  { cwd: stage, env },
);
if (code !== 0) process.exit(code);

const files = execFileSync(process.execPath, [vsce, 'ls', '--no-dependencies'], {
  cwd: stage,
  env,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '');
for (const file of files) print(statSync(join(stage, file)).size, file);
const { size } = statSync(vsix);
print(size, `in all, compressed: ${vsix}`);

const problems = [
  ...(size > largest ? [`The package is larger than ${largest.toLocaleString('en')} bytes.`] : []),
  ...files.filter((file) => file.endsWith('.node')).map((file) => `${file} is a native module.`),
  ...['dist/extension.js', 'dist/cli.js', 'dist/worker.js', 'package.json', 'README.md']
    .filter((file) => !files.some((packed) => packed.toLowerCase() === file.toLowerCase()))
    .map((file) => `${file} is missing.`),
];
for (const problem of problems) console.error(problem);
process.exit(problems.length > 0 ? 1 : 0);

/**
 * Copies what `.vscodeignore` lets through into a folder of its own, because vsce walks the whole
 * tree it stands in, with all the editors and environments that tests keep there.
 */
async function copyToStage() {
  await rm(stage, { recursive: true, force: true });
  await mkdir(stage, { recursive: true });
  const allowed = readFileSync(join(root, '.vscodeignore'), 'utf8').matchAll(/^!([^*{\s]+)/gm);
  const left = new Set(['node_modules', '.venv', '__pycache__']);
  for (const path of ['.vscodeignore', ...[...allowed].map(([, name]) => name)]) {
    await cp(join(root, path), join(stage, path), {
      recursive: true,
      filter: (source) => !left.has(basename(source)),
    });
  }
}

function print(size, what) {
  console.log(`${size.toLocaleString('en').padStart(12)}  ${what}`);
}
