// Runs the suites of the extension host in a desktop VS Code, which this downloads.
//
//     node test/vscode/runElectron.ts [VERSION]
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTests } from '@vscode/test-electron';
import { root } from '../../scripts/setup.mjs';
import { bundleHostSuites } from './support/hostBundle.ts';
import { openSample } from './support/sample.ts';

const extensionTestsPath = await bundleHostSuites();
const sample = await openSample();
const dataFolder = await mkdtemp(join(tmpdir(), 'glassbox-electron-'));
const results = join(dataFolder, 'results.json');
try {
  process.exitCode = await runTests({
    version: process.argv[2] ?? 'stable',
    extensionDevelopmentPath: root,
    extensionTestsPath,
    launchArgs: [
      sample.folder,
      '--disable-extensions',
      '--disable-workspace-trust',
      '--skip-welcome',
      '--skip-release-notes',
      `--user-data-dir=${join(dataFolder, 'user')}`,
      `--extensions-dir=${join(dataFolder, 'extensions')}`,
    ],
    extensionTestsEnv: {
      GLASSBOX_HOME: join(dataFolder, 'home'),
      GLASSBOX_TEST_RESULTS: results,
    },
  }).catch(() => 1);
  const { report } = JSON.parse(await readFile(results, 'utf8')) as { report: readonly string[] };
  console.log(report.join('\n'));
} finally {
  await sample.remove();
  await rm(dataFolder, { recursive: true, force: true, maxRetries: 5 });
}
