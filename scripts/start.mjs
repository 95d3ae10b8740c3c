// `npm start`: opens the sample workspace in a real VS Code with Glassbox as built here: the one
// installed on this machine, else one in the browser.
//
//     node scripts/start.mjs [--browser] [--port N] [--check]
//
// --check starts the one for the browser, waits until its workbench answers, and ends.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { run } from './processes.mjs';
import { cache, ownEnvironment, root, setUp } from './setup.mjs';

const { values: options } = parseArgs({
  options: {
    browser: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    port: { type: 'string', default: '0' },
  },
});
const desktop = !options.browser && !options.check && hasDesktop();

await setUp({ editor: !desktop });
const build = await run(process.execPath, ['scripts/npmRun.mjs', 'build'], {
  cwd: root,
  env: ownEnvironment(),
});
if (build !== 0) process.exit(build);

const { copySample } = await import('./sample.mjs');
const folder = await copySample();
if (desktop) openDesktop(folder);
else await openBrowser(folder);

function openDesktop(folder) {
  console.log(`Opening ${folder} in Visual Studio Code`);
  const { status } = spawnSync(
    'code',
    ['--new-window', `--extensionDevelopmentPath=${root}`, folder],
    {
      stdio: 'inherit',
      shell: process.platform === 'win32',
    },
  );
  process.exit(status ?? 1);
}

async function openBrowser(folder) {
  const { startCodeServer } = await import('./codeServer.mjs');
  const server = await startCodeServer({
    dataFolder: join(cache, options.check ? 'start-check' : 'start'),
    port: Number(options.port),
    settings: {
      'chat.disableAIFeatures': true,
      'workbench.secondarySideBar.defaultVisibility': 'hidden',
      'workbench.startupEditor': 'none',
    },
  });
  const address = server.page({ folder, extension: root });
  if (options.check) return check(server, address);
  console.log(`\nVisual Studio Code with Glassbox and the sample agent is open at\n\n${address}\n`);
  console.log('In it: F1, Glassbox: Run Agent. Here: Ctrl+C ends it.');
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => void server.close().then(() => process.exit(0)));
  }
}

async function check(server, address) {
  const page = await fetch(address);
  const answers = page.ok && (await page.text()).includes('workbench');
  await server.close();
  console.log(answers ? 'The workbench answers.' : `The workbench does not answer: ${page.status}`);
  process.exit(answers ? 0 : 1);
}

/** VS Code refuses to run as root, and needs a display. */
function hasDesktop() {
  if (process.getuid?.() === 0) return false;
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) {
    return false;
  }
  const { status } = spawnSync('code', ['--version'], {
    stdio: 'ignore',
    shell: process.platform === 'win32',
  });
  return status === 0;
}
