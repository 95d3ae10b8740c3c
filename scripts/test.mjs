// `npm test`: sets up whatever is missing, then runs every check there is. A failing check does
// not hide the ones behind it. The last line adds all of them up.
//
//     node scripts/test.mjs [CHECK...]     all, or the named ones in their order
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './processes.mjs';
import { cache, ownEnvironment, root, setUp, vsixFile } from './setup.mjs';

const results = join(cache, 'results');
const module = (...path) => join(root, 'node_modules', ...path);
const tsc = (project) => [module('typescript', 'bin', 'tsc'), '-p', project];
const vitest = (name, ...more) => [
  module('vitest', 'vitest.mjs'),
  ...['run', '--reporter=dot', '--reporter=json', `--outputFile.json=${resultFile(name)}`],
  ...more,
];

/**
 * `counts` names the checks whose single tests are counted; any other counts as one.
 *
 * @type {readonly { name: string, run: readonly string[], minutes: number, counts?: boolean }[]}
 */
const checks = [
  { name: 'types', run: tsc('.'), minutes: 5 },
  { name: 'types:webview', run: tsc('webview'), minutes: 5 },
  { name: 'types:webviewTests', run: tsc('test/webview'), minutes: 5 },
  { name: 'types:instrument', run: tsc('src/instrument'), minutes: 5 },
  { name: 'types:vscode', run: tsc('test/vscode'), minutes: 5 },
  {
    name: 'lint',
    run: [module('eslint', 'bin', 'eslint.js'), '.', '--max-warnings', '0'],
    minutes: 5,
  },
  {
    name: 'format',
    run: [module('prettier', 'bin', 'prettier.cjs'), '--check', '--log-level', 'warn', '.'],
    minutes: 5,
  },
  { name: 'build', run: ['scripts/npmRun.mjs', 'build'], minutes: 5 },
  { name: 'releases', run: ['scripts/nodes.mjs'], minutes: 8 },
  { name: 'unit', run: vitest('unit'), minutes: 20, counts: true },
  { name: 'package', run: ['scripts/package.mjs', '--built'], minutes: 5 },
  { name: 'host', run: ['test/vscode/runHost.ts', resultFile('host')], minutes: 5, counts: true },
  {
    name: 'browser',
    run: vitest('browser', '--config', 'test/vscode/vitest.config.mts'),
    minutes: 10,
    counts: true,
  },
];

const chosen = process.argv.slice(2);
const unknown = chosen.filter((name) => !checks.some((check) => check.name === name));
if (unknown.length > 0) {
  console.error(
    `There is no check ${unknown.join(', ')}: ${checks.map(({ name }) => name).join(', ')}`,
  );
  process.exit(2);
}

const total = { passed: 0, failed: 0, skipped: 0 };
const failures = [];
/** Once it is made, browser tests run in the package rather than in this folder. */
const packageToTest = {};
try {
  await setUp({ editor: chosen.length === 0 || chosen.some((name) => /host|browser/.test(name)) });
  await mkdir(results, { recursive: true });
  for (const check of checks) {
    if (chosen.length === 0 || chosen.includes(check.name)) await perform(check);
  }
} catch (error) {
  console.error(error);
  total.failed++;
  failures.push('setup');
}
if (failures.length > 0) console.log(`\nFailed: ${failures.join(', ')}`);
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
console.log(`\n${total.passed} passed, ${total.failed} failed${skipped}`);
process.exit(total.failed > 0 ? 1 : 0);

async function perform({ name, run: parameters, minutes, counts }) {
  console.log(`\n== ${name}`);
  const start = performance.now();
  await rm(resultFile(name), { force: true });
  const code = await run(process.execPath, parameters, {
    cwd: root,
    env: { ...ownEnvironment(), ...packageToTest, FORCE_COLOR: '0', NO_COLOR: '1' },
    timeoutMs: minutes * 60_000,
  });
  const outcome = counts
    ? await countsOf(name, code)
    : { passed: +(code === 0), failed: +(code !== 0) };
  total.passed += outcome.passed;
  total.failed += outcome.failed;
  total.skipped += outcome.skipped ?? 0;
  if (outcome.failed > 0) failures.push(name);
  else if (name === 'package') packageToTest.GLASSBOX_TEST_PACKAGE = vsixFile();
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  const detail = counts ? `, ${outcome.passed} passed, ${outcome.failed} failed` : '';
  console.log(`-- ${name}: ${outcome.failed > 0 ? 'FAILED' : 'ok'}${detail} (${seconds} s)`);
}

/** A suite that broke without a failing test, or left no result, is one failure. */
async function countsOf(name, code) {
  const { passed, failed, skipped } = await readFile(resultFile(name), 'utf8')
    .then((text) => countTests(JSON.parse(text)))
    .catch(() => ({ passed: 0, failed: 0, skipped: 0 }));
  return { passed, failed: failed === 0 && code !== 0 ? 1 : failed, skipped };
}

/** Vitest's JSON, where a file that could not be loaded counts as a failed test, or plain counts. */
function countTests(result) {
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = result;
  if (testResults === undefined) return result;
  const unloaded = testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  );
  return {
    passed: numPassedTests,
    failed: numFailedTests + unloaded.length,
    skipped: numPendingTests + (numTodoTests ?? 0),
  };
}

function resultFile(name) {
  return join(results, `${name}.json`);
}
