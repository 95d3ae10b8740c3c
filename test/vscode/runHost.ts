// Runs the suites of the extension host in code-server, with a browser to open the window.
//
//     node test/vscode/runHost.ts RESULTS.json
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium } from 'playwright-core';
import { startCodeServer } from '../../scripts/codeServer.mjs';
import { findBrowser, root } from '../../scripts/setup.mjs';
import { browserSwitches, quietSettings, withoutKeys } from './support/editor.ts';
import { bundleHostSuites } from './support/hostBundle.ts';
import { openSample } from './support/sample.ts';

const resultFile = resolve(process.argv[2] ?? '.cache/results/host.json');
const tests = await bundleHostSuites();
const sample = await openSample();
const dataFolder = await mkdtemp(join(tmpdir(), 'glassbox-host-'));
const server = await startCodeServer({
  dataFolder,
  settings: quietSettings,
  env: {
    ...withoutKeys(process.env),
    GLASSBOX_HOME: join(dataFolder, 'home'),
    GLASSBOX_TEST_RESULTS: resultFile,
  },
});
const browser = await chromium.launch({ executablePath: findBrowser(), args: browserSwitches });
const log: string[] = [];
try {
  process.exitCode = await runSuites();
} finally {
  await browser.close();
  await server.close();
  await sample.remove();
  await rm(dataFolder, { recursive: true, force: true, maxRetries: 5 });
}

const results = await readFile(resultFile, 'utf8').catch(() => undefined);
if (results === undefined) {
  console.error('The suites left no results. What the editor said last:', log.slice(-40));
  process.exitCode = 1;
} else {
  console.log((JSON.parse(results) as { report: readonly string[] }).report.join('\n'));
}

/** VS Code ends a test run by calling a function that the driver of the page provides. */
async function runSuites(): Promise<number> {
  const page = await browser.newPage();
  const ended = new Promise<number>((exit, fail) => {
    void page.exposeFunction('codeAutomationExit', exit).catch(fail);
  });
  await page.exposeFunction('codeAutomationLog', (_type: string, parameters: unknown[]) => {
    log.push(parameters.map(String).join(' '));
  });
  await page.goto(server.page({ folder: sample.folder, extension: root, tests }));
  return ended;
}
