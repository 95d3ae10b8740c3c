import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL, URLSearchParams } from 'node:url';
import { codeServerEntry } from './setup.mjs';
import { run, startGuarded } from './processes.mjs';

/**
 * Starts VS Code as a server on a free port of the loopback interface (or on `port`).
 *
 * The smoke test driver is what makes a built VS Code heed `extensionDevelopmentPath` in the
 * address of its page; without it the extension under development is silently not loaded.
 *
 * @param {{ dataFolder: string, port?: number, env?: NodeJS.ProcessEnv,
 *   settings?: Record<string, unknown>, vsix?: string }} options `vsix` is installed first
 */
export async function startCodeServer(options) {
  const { dataFolder, port = 0, env = process.env, settings, vsix } = options;
  const userFolder = join(dataFolder, 'user');
  const extensionsFolder = join(dataFolder, 'extensions');
  const config = join(dataFolder, 'config.yaml');
  await mkdir(join(userFolder, 'User'), { recursive: true });
  await writeFile(config, '');
  const settingsFile = join(userFolder, 'User', 'settings.json');
  if (settings && !existsSync(settingsFile)) {
    await writeFile(settingsFile, JSON.stringify(settings, null, 2));
  }
  if (vsix) {
    const folders = ['--user-data-dir', userFolder, '--extensions-dir', extensionsFolder];
    await run(
      process.execPath,
      [codeServerEntry, ...folders, '--config', config, '--install-extension', vsix],
      {
        env: environmentFor(env),
      },
    );
  }
  const server = startGuarded(
    process.execPath,
    [
      codeServerEntry,
      ...['--auth', 'none', '--bind-addr', `127.0.0.1:${port}`, '--config', config],
      ...['--user-data-dir', userFolder, '--extensions-dir', extensionsFolder],
      ...['--disable-telemetry', '--disable-update-check', '--disable-workspace-trust'],
      ...['--disable-getting-started-override', '--ignore-last-opened'],
      ...['--vscode-option', 'enable-smoke-test-driver'],
    ],
    { env: environmentFor(env) },
  );
  let log = '';
  const address = await new Promise((resolve, reject) => {
    const hear = (chunk) => {
      log = (log + chunk).slice(-100_000);
      const found = /HTTP server listening on (http:\/\/[\d.:]+)/.exec(log);
      if (found) resolve(found[1]);
    };
    server.stdout.setEncoding('utf8').on('data', hear);
    server.stderr.setEncoding('utf8').on('data', hear);
    server.on('error', reject);
    server.on('exit', (code) => reject(new Error(`code-server ended (${code}):\n${log}`)));
  });
  return {
    address,
    /** What the server has printed, its last 100,000 characters. */
    log: () => log,
    /** @param {PageOptions} options */
    page: (options) => pageAddress(address, options),
    async close() {
      const gone = new Promise((resolve) => server.once('exit', resolve));
      if (server.exitCode !== null) return;
      server.stdin.destroy();
      await gone;
    },
  };
}

/**
 * @typedef {{ folder?: string, extension?: string, tests?: string }} PageOptions
 *   `extension` is the folder of the one under development, `tests` the module the extension host
 *   runs as its test suite.
 *
 * @param {string} address
 * @param {PageOptions} options
 */
function pageAddress(address, { folder, extension, tests }) {
  const { host } = new URL(address);
  const remote = (path) => `vscode-remote://${host}${pathToFileURL(path).pathname}`;
  const payload = [
    ...(extension ? [['extensionDevelopmentPath', remote(extension)]] : []),
    ...(tests ? [['extensionTestsPath', remote(tests)]] : []),
    ['skipWelcome', 'true'],
    ['skipReleaseNotes', 'true'],
  ];
  const query = new URLSearchParams({ payload: JSON.stringify(payload) });
  if (folder) query.set('folder', folder);
  else query.set('ew', 'true');
  return `${address}/?${query}`;
}

/**
 * Without what would make the server think it runs inside another VS Code, or its programs that
 * they run inside a test: the Agents SDK traces nothing where `NODE_ENV` is `test`.
 */
function environmentFor(env) {
  const left =
    /^(VSCODE_|CODE_SERVER_|ELECTRON_|VITEST|(PORT|PASSWORD|NODE_OPTIONS|NODE_ENV|TEST|DEV|PROD|MODE|SSR|BASE_URL)$)/;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !left.test(name)));
}
