/**
 * Runs real SDKs against the scripted model server and keeps what they export as fixtures:
 * `node test/dialects/capture/capture.mjs [SDK/CASE...]`. Python cases need the packages named in
 * `requirements.txt`, `CAPTURE_PYTHON` names the interpreter that has them; JavaScript cases need
 * those named in `cases.mjs`, `CAPTURE_NODE_MODULES` names the folder that has them.
 */
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir, hostname, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startModelServer } from '../../../examples/support-agent/model/server.mjs';
import { cases } from './cases.mjs';
import { startCatcher } from './catcher.mjs';
import { script } from './script.mjs';

const here = import.meta.dirname;
const fixtures = resolve(here, '../fixtures');
const python = resolve(process.env.CAPTURE_PYTHON ?? 'python3');
const nodeModules = process.env.CAPTURE_NODE_MODULES;

for (const [name, one] of Object.entries(cases)) {
  const asked = process.argv.slice(2);
  if (asked.length === 0 || asked.some((prefix) => name.startsWith(prefix))) await run(name, one);
}

async function run(name, { file, args = [], live = false, env = () => ({}) }) {
  const catcher = await startCatcher();
  const model = await startModelServer({ script, cacheFrom: 64 });
  const folder = mkdtempSync(join(tmpdir(), 'desk-'));
  for (const shared of [file, 'otel.py', 'desk.py', 'calls.py']) {
    cpSync(join(here, shared), join(folder, shared));
  }
  if (nodeModules) symlinkSync(resolve(nodeModules), join(folder, 'node_modules'));
  const command = file.endsWith('.py') ? python : process.execPath;
  const child = spawn(command, [file, ...args], {
    cwd: folder,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      ...process.env,
      OPENAI_BASE_URL: model.url,
      OPENAI_API_KEY: 'not-a-key',
      OPENAI_AGENTS_DISABLE_TRACING: '0',
      OTEL_METRICS_EXPORTER: 'none',
      ...(live ? liveTarget(catcher.url) : target(catcher.url)),
      ...env(catcher.url),
    },
  });
  const code = await new Promise((done) => child.on('exit', done));
  const out = join(fixtures, `${name}.otlp`);
  mkdirSync(join(out, '..'), { recursive: true });
  writeFileSync(out, anonymous(catcher.traces()));
  if (catcher.logs().length > 0) {
    writeFileSync(join(fixtures, `${name}.logs.otlp`), anonymous(catcher.logs()));
  }
  process.stderr.write(
    `${name}: exit ${code}, ${catcher.traces().length} + ${catcher.logs().length} bytes\n`,
  );
  rmSync(folder, { recursive: true });
  await catcher.close();
  await model.close();
}

function target(url) {
  return { OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf' };
}

/** Logfire reports running spans only to what it takes for its own service. */
function liveTarget(url) {
  return { LOGFIRE_BASE_URL: url, LOGFIRE_TOKEN: 'anything', LOGFIRE_SEND_TO_LOGFIRE: 'true' };
}

/** Paths and the name of this machine become others of the same length, which keeps the bytes valid. */
function anonymous(bytes) {
  for (const [path, letter] of [
    [process.cwd(), 'w'],
    [homedir(), 'h'],
    [hostname(), 'n'],
  ]) {
    const replacement = Buffer.from(path.replaceAll(/[^/]/g, letter));
    for (let i = bytes.indexOf(path); i >= 0; i = bytes.indexOf(path, i))
      replacement.copy(bytes, i);
  }
  return bytes;
}
