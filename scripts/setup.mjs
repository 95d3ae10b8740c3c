// Everything a fresh clone needs. Runs under whatever Node the system has (18 or later) before
// the packages are there, so it uses nothing but Node.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
export const cache = join(root, '.cache');

const executable = process.platform === 'win32' ? 'node.exe' : 'node';
const node = join(root, 'node_modules', 'node', 'bin', executable);
const editorFolder = join(root, 'test', 'vscode');
export const codeServerEntry = join(
  editorFolder,
  ...['node_modules', 'code-server', 'out', 'node', 'entry.js'],
);

/** Where the package of this version is written. */
export function vsixFile() {
  const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return join(root, `${name}-${version}.vsix`);
}

const systemPackages = {
  packages: ['ca-certificates', 'git', 'python3', 'python3-venv'],
  editor: ['build-essential', 'pkg-config', 'libkrb5-dev', 'chromium', 'fonts-dejavu-core'],
};

/**
 * Installs what is missing and goes on under the Node of `node_modules`, which is the one that
 * current VS Code carries. Returns only there.
 *
 * @param {{ editor?: boolean }} [options] `editor` asks for code-server and a browser as well
 */
export async function setUp({ editor = false } = {}) {
  installSystemPackages([...systemPackages.packages, ...(editor ? systemPackages.editor : [])]);
  installPackages(root);
  await continueUnderOwnNode();
  if (editor) installPackages(editorFolder);
}

/** The environment in which the Node of `node_modules` comes first. */
export function ownEnvironment(env = process.env) {
  const pathName = Object.keys(env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
  const folders = [dirname(node), join(root, 'node_modules', '.bin'), env[pathName] ?? ''];
  return { ...env, [pathName]: folders.join(delimiter) };
}

/** The browser to test in: `CHROMIUM_PATH`, or the one of the system. */
export function findBrowser() {
  const places = [
    process.env.CHROMIUM_PATH,
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  ];
  const found = places.find((place) => place !== undefined && existsSync(place));
  if (found === undefined) {
    throw new Error('There is no Chromium: install it, or name one in CHROMIUM_PATH.');
  }
  return found;
}

async function continueUnderOwnNode() {
  if (!existsSync(node) || process.execPath === node) return;
  const child = spawn(node, process.argv.slice(1), { stdio: 'inherit', env: ownEnvironment() });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => child.kill(signal));
  const code = await new Promise((resolve) => child.on('exit', (exit) => resolve(exit ?? 1)));
  process.exit(code);
}

/** On Debian, as root; elsewhere the person is told what is missing by what fails. */
function installSystemPackages(names) {
  if (!existsSync('/etc/debian_version') || process.getuid?.() !== 0) return;
  const missing = names.filter((name) => !isInstalled(name));
  if (missing.length === 0) return;
  console.log(`Installing system packages: ${missing.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = { stdio: 'inherit', env };
  spawnSync('apt-get', ['update', '-qq'], options);
  const { status } = spawnSync(
    'apt-get',
    ['install', '-y', '-qq', '--no-install-recommends', ...missing],
    options,
  );
  if (status !== 0) console.error('apt-get failed; going on with what is there.');
}

function isInstalled(name) {
  const { stdout } = spawnSync('dpkg-query', ['-W', '-f=${Status}', name], { encoding: 'utf8' });
  return stdout?.includes('install ok installed') ?? false;
}

/** `npm ci` where an installed package differs from the lock file. */
function installPackages(folder) {
  if (isFresh(folder)) return;
  console.log(`Installing npm packages in ${folder}`);
  runNpm(['ci', '--no-audit', '--no-fund'], folder);
}

/**
 * Runs npm as if from a shell, not from inside another npm: code-server reads the version of Node
 * from what the outer one has put into the environment.
 *
 * @param {readonly string[]} parameters
 * @param {string} cwd
 */
export function runNpm(parameters, cwd) {
  const {
    npm_config_user_agent: _agent,
    npm_config_local_prefix: _prefix,
    ...env
  } = existsSync(node) ? ownEnvironment() : process.env;
  // The install scripts of code-server install further packages, with scripts of their own.
  if (cwd === editorFolder) env.npm_config_dangerously_allow_all_scripts = 'true';
  execFileSync('npm', parameters, {
    cwd,
    stdio: 'inherit',
    env,
    shell: process.platform === 'win32',
  });
}

function isFresh(folder) {
  const wanted = lockedPackages(join(folder, 'package-lock.json'));
  const installed = lockedPackages(join(folder, 'node_modules', '.package-lock.json'));
  return Object.entries(wanted).every(
    ([path, { version, optional, link }]) =>
      path === '' || optional || link || installed[path]?.version === version,
  );
}

function lockedPackages(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : {};
}
