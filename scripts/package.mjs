// `npm run package`: one VSIX for every platform. Prints what is in it, and fails where it is too
// big or holds a native module.
//
//     node scripts/package.mjs [--built]     --built leaves out the build
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './processes.mjs';
import { ownEnvironment, root, setUp } from './setup.mjs';

const largest = 1_500_000;

await setUp();
const env = ownEnvironment();
if (!process.argv.includes('--built')) {
  const code = await run(process.execPath, ['scripts/npmRun.mjs', 'build'], { cwd: root, env });
  if (code !== 0) process.exit(code);
}

const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const vsix = join(root, `${name}-${version}.vsix`);
const vsce = join(root, 'node_modules', '@vscode', 'vsce', 'vsce');
const code = await run(
  process.execPath,
  [
    vsce,
    ...['package', '--no-dependencies', '--allow-missing-repository'],
    ...['--no-rewrite-relative-links', '--out', vsix],
  ],
  { cwd: root, env },
);
if (code !== 0) process.exit(code);

const files = execFileSync(process.execPath, [vsce, 'ls', '--no-dependencies'], {
  cwd: root,
  env,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '');
for (const file of files) {
  console.log(`${statSync(join(root, file)).size.toLocaleString('en').padStart(12)}  ${file}`);
}
const { size } = statSync(vsix);
console.log(`${size.toLocaleString('en').padStart(12)}  in all, compressed: ${vsix}`);

const problems = [
  ...(size > largest ? [`The package is larger than ${largest.toLocaleString('en')} bytes.`] : []),
  ...files.filter((file) => file.endsWith('.node')).map((file) => `${file} is a native module.`),
  ...[`dist/extension.js`, `dist/cli.js`, 'package.json']
    .filter((file) => !files.includes(file))
    .map((file) => `${file} is missing.`),
];
for (const problem of problems) console.error(problem);
process.exit(problems.length > 0 ? 1 : 0);
